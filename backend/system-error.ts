export interface SystemError {
  /** Such as `ENOSPC`. */
  readonly code: string
  readonly message: string
}

/**
 * The operating system's error, if that was thrown. Checks the shape, because classes differ between realms.
 */
export function systemErrorOf(thrown: unknown): SystemError | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('errno' in thrown)) return undefined
  if (!('code' in thrown) || typeof thrown.code !== 'string') return undefined
  return { code: thrown.code, message: 'message' in thrown ? String(thrown.message) : thrown.code }
}

export const isErrno = (thrown: unknown, code: string): boolean => systemErrorOf(thrown)?.code === code
