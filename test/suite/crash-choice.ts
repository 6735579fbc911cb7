import { randomInt } from 'node:crypto'

/** Which cases of the crash matrix a run tries. */
export type CrashChoice =
  | { readonly kind: 'complete' }
  | { readonly kind: 'covering'; readonly seed: string }
  | { readonly kind: 'one'; readonly title: string }

const CHOICE = 'TEST_SUITE_CRASHES'
/** Set by a person to repeat a run's selection. */
const SEED = 'TEST_SUITE_SEED'

/** The whole run tries all; any other one a selection by a seed, or the one case that is named. */
export function chooseCrashes(
  selection: string,
  title: string | undefined,
  env: NodeJS.ProcessEnv,
): CrashChoice {
  if (title !== undefined) return { kind: 'one', title }
  if (selection === 'full') return { kind: 'complete' }
  return { kind: 'covering', seed: env[SEED] ?? String(randomInt(1_000_000)) }
}

export function crashChoiceText(choice: CrashChoice): string {
  if (choice.kind === 'complete') return 'The crash matrix is complete.'
  if (choice.kind === 'one') return `Of the crash matrix one case: ${choice.title}`
  return `The crash matrix is a selection by seed ${choice.seed}; ${SEED}=${choice.seed} repeats it.`
}

export const crashChoiceVariable = (choice: CrashChoice): Record<string, string> => ({
  [CHOICE]: JSON.stringify(choice),
})

/** As the runner chose; a file that Jest runs by itself tries everything. */
export const crashChoiceIn = (env: NodeJS.ProcessEnv): CrashChoice =>
  JSON.parse(env[CHOICE] ?? '{"kind":"complete"}') as CrashChoice
