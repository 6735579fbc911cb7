/** The only place of the driver that reads the environment. */
export interface DriverEnvironment {
  /** DISTROLAB_QEMU: the QEMU system emulator to run, instead of the one on PATH. */
  readonly qemu: string | undefined
  /** DISTROLAB_STALL_SECONDS: a download that gets nothing for so long is tried anew (default 30). */
  readonly stallMs: number
  /** A proxy is named by http_proxy or https_proxy, in either case of letters. */
  readonly proxied: boolean
}

/** OpenTofu gives what it starts its whole environment; its state's passphrase is no business of QEMU, which stays. */
export function readEnvironment(): DriverEnvironment {
  delete process.env['TF_ENCRYPTION']
  const stallSeconds = Number(process.env['DISTROLAB_STALL_SECONDS'])
  return {
    qemu: process.env['DISTROLAB_QEMU'] || undefined,
    proxied: ['http_proxy', 'https_proxy'].some(
      (name) => process.env[name] || process.env[name.toUpperCase()],
    ),
    stallMs: stallSeconds > 0 ? stallSeconds * 1000 : 30_000,
  }
}
