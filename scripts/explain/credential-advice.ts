import type { CloudWords } from '../providers/cloud-words.js'

/** The command that helps, if these words say why credentials are unusable; otherwise undefined. */
export const credentialAdvice = (cloud: CloudWords | undefined, words: string): string | undefined =>
  cloud?.advice.find(([pattern]) => pattern.test(words))?.[1]
