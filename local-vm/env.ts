/** The only place of the driver that reads the environment. */
export interface DriverEnvironment {
  /** DISTROLAB_QEMU: the QEMU system emulator to run, instead of the one on PATH. */
  readonly qemu: string | undefined
  /** DISTROLAB_STALL_SECONDS: a download that gets nothing for so long is tried anew (default 30). */
  readonly stallMs: number
  /** A proxy is named by http_proxy or https_proxy, in either case of letters. */
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
 * What every program needs: PATH and LD_LIBRARY_PATH to be found and to find its libraries, QEMU_MODULE_DIR the same for
 * QEMU's own, HOME and TMPDIR for files, and how to print texts and times.
 */
const COMMON = /^(PATH|LD_LIBRARY_PATH|QEMU_MODULE_DIR|HOME|TMPDIR|LANG|LANGUAGE|LC_[A-Z]+|TZ)$/

/**
 * What the driver, and the tools that end with it, need beside: proxies (which may hold a password) and certificates for
 * what is downloaded, Node's own options, and what this file reads.
 */
const WORKING =
  /^((https?|no|all|ftp)_proxy|NODE_OPTIONS|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|DISTROLAB_(QEMU|STALL_SECONDS))$/i

/** Whether a variable is one for the driver: no secret of a CI job or a cloud is. */
export const isForDriver = (name: string): boolean => COMMON.test(name) || WORKING.test(name)

/** For what stays when the command is over: QEMU and the watchdog. Also what a CI service finds its job's processes by is missing. */
export const stayingVariables = (): Variables => variablesThat((name) => COMMON.test(name))

/** For a tool that is waited for. */
export const workingVariables = (): Variables => variablesThat(isForDriver)

const variablesThat = (fit: (name: string) => boolean): Variables =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && fit(name) ? [[name, value]] : [],
    ),
  )
