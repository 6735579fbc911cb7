import type { AnyLab } from './lab.js'

/** Every key that the lab's machines accept, its own first; each once. */
export const keysOn = ({
  sshKey,
  authorizedKeys = [],
}: Pick<AnyLab, 'sshKey' | 'authorizedKeys'>): string[] => [
  ...new Set([sshKey.publicKey, ...authorizedKeys.map(({ publicKey }) => publicKey)]),
]
