/** The only file of the driver that reads the environment. */
export interface DriverEnvironment {
  /** DISTROLAB_QEMU: the QEMU system emulator to run, instead of the one on PATH. */
  readonly qemu: string | undefined
  /** DISTROLAB_STALL_SECONDS: retry a download that receives nothing for this long (default 30). */
  readonly stallMs: number
  /** http_proxy or https_proxy names a proxy, in upper or lower case. */
  readonly proxied: boolean
}

export function readEnvironment(): DriverEnvironment {
  const stallSeconds = Number(process.env['DISTROLAB_STALL_SECONDS'])
  return {
    qemu: process.env['DISTROLAB_QEMU'] || undefined,
    proxied: ['http_proxy', 'https_proxy'].some(
      (name) => process.env[name] || process.env[name.toUpperCase()],
    ),
    stallMs: stallSeconds > 0 ? stallSeconds * 1000 : 30_000,
  }
}

type Variables = Readonly<Record<string, string>>

/**
 * What every program needs: PATH and LD_LIBRARY_PATH to be found and to find its libraries, QEMU_MODULE_DIR
 * for QEMU's own, HOME and TMPDIR for files, and how to print texts and times.
 */
const COMMON = /^(PATH|LD_LIBRARY_PATH|QEMU_MODULE_DIR|HOME|TMPDIR|LANG|LANGUAGE|LC_[A-Z]+|TZ)$/

/**
 * What the driver and its short-lived tools also need: proxies (which may contain a password) and
 * certificates for downloads, Node's own options, and the variables that this file reads.
 */
const WORKING =
  /^((https?|no|all|ftp)_proxy|NODE_OPTIONS|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|DISTROLAB_(QEMU|STALL_SECONDS))$/i

/** Whether the driver may get a variable; the secrets of CI jobs and clouds are excluded. */
export const isForDriver = (name: string): boolean => COMMON.test(name) || WORKING.test(name)

/**
 * For processes that outlive the command: QEMU and the watchdog. It also lacks the variables by which a CI
 * service finds its job's processes.
 */
export const stayingVariables = (): Variables => variablesThat((name) => COMMON.test(name))

/** For a tool that the driver waits for. */
export const workingVariables = (): Variables => variablesThat(isForDriver)

const variablesThat = (fit: (name: string) => boolean): Variables =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && fit(name) ? [[name, value]] : [],
    ),
  )
