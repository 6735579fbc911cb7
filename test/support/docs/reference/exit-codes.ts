import { EXIT } from '../../../../scripts/explain/explanation.js'
import { code, table } from './markdown.js'

type Outcome = keyof typeof EXIT | 'done'

/** What each exit code says, of whatever command; a code without a meaning does not compile. */
export const MEANINGS = {
  done: 'done (`plan --detailed-exitcode`: no change)',
  failed: 'failed; the record says at which step',
  usage: 'usage or configuration is wrong (`plan --detailed-exitcode`: changes)',
  notFound: 'no such lab, distro, profile or machine; near names are suggested',
  locked: 'someone else holds the lease',
  capacity: 'no capacity, or a quota is used up',
  leftovers: 'something is left over after a destroy',
  credentials: 'credentials are missing or expired',
  timeout: 'timed out',
  interrupted: 'interrupted by Ctrl-C; the state is recorded',
  terminated: 'interrupted by another signal; the state is recorded',
} satisfies Record<Outcome, string>

/** Every exit code with its meaning, in their order. */
export const exitCodes: readonly (readonly [exitCode: number, meaning: string])[] = Object.entries(MEANINGS)
  .map(([name, meaning]) => [name === 'done' ? 0 : EXIT[name as keyof typeof EXIT], meaning] as const)
  .sort(([a], [b]) => a - b)

export const exitCodeTable = (): string =>
  table(
    ['exit code', 'meaning'],
    exitCodes.map(([exitCode, meaning]) => [code(String(exitCode)), meaning]),
  )
