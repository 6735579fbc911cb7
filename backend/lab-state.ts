import { BackendError } from './errors.js'

/** `up` resumes, or uses the name again; `down` is always possible. */
const fromAnywhere = ['provisioning', 'destroying'] as const

/** Which state may follow which: the only source of these rules. */
const transitions = {
  // Back to ready: an `up` of a ready lab that was interrupted before it changed anything.
  provisioning: ['provisioned', 'provision-failed', 'ready', ...fromAnywhere],
  provisioned: ['configuring', ...fromAnywhere],
  configuring: ['ready', 'configure-failed', 'configuring', ...fromAnywhere],
  ready: ['swapping', 'resetting', 'in-use', 'configuring', ...fromAnywhere],
  swapping: ['ready', 'swap-failed', 'swapping', ...fromAnywhere],
  resetting: ['ready', 'reset-failed', 'resetting', ...fromAnywhere],
  'in-use': ['ready', ...fromAnywhere],
  destroying: ['destroyed', 'destroy-failed', 'destroying'],
  destroyed: fromAnywhere,
  'provision-failed': fromAnywhere,
  'configure-failed': ['configuring', ...fromAnywhere],
  'swap-failed': ['swapping', ...fromAnywhere],
  'reset-failed': ['resetting', ...fromAnywhere],
  'destroy-failed': fromAnywhere,
} as const

export type State = keyof typeof transitions

type Table = { readonly [S in State]: readonly State[] }
/** The states from which `T` is legal. */
type Before<T extends State> = {
  [S in State]: T extends (typeof transitions)[S][number] ? S : never
}[State]

/** The states legal after `S`; for a union, those legal after all of its members. */
export type Next<S extends State> = { [T in State]: [S] extends [Before<T>] ? T : never }[State]

const table: Table = transitions

const isState = (text: string): text is State => Object.hasOwn(table, text)

/** Every state, in the order of the table. */
export const states: readonly State[] = Object.keys(table).filter(isState)

export const isLegal = (from: State, to: State): boolean => table[from].includes(to)

/** Guards by the same table at run time. Throws BackendError `transition-illegal`. */
export function assertTransition(lab: string, from: State, to: State): void {
  if (!isLegal(from, to)) throw new BackendError({ code: 'transition-illegal', lab, from, to })
}

/** The failure of each state; a state that is not listed has none. */
const failures = {
  provisioning: 'provision-failed',
  configuring: 'configure-failed',
  swapping: 'swap-failed',
  resetting: 'reset-failed',
  destroying: 'destroy-failed',
} as const satisfies { readonly [S in State]?: Next<S> }

const failureTable: { readonly [S in State]?: State } = failures

export const failureOf = (state: State): State | undefined => failureTable[state]
