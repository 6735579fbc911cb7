import { assertTransition, failureOf, type Next, type State } from './lab-state.js'
import type { LabFacts, LabRecord } from './record-schema.js'

/** A lab known to be in state `S`. */
export type Lab<S extends State> = LabFacts & { readonly state: S }

/** A lab as it comes from the store: narrow it by `state`. */
export type AnyLab = { [S in State]: Lab<S> }[State]

/**
 * Returns the same lab one state further; pure. An illegal step does not compile, and throws BackendError
 * `transition-illegal` if types were bypassed. `at` is an ISO time.
 */
export function transition<S extends State, T extends Next<S>>(lab: Lab<S>, to: T, at: string): Lab<T> {
  assertTransition(lab.lab, lab.state, to)
  return { ...lab, state: to, stateSince: at }
}

/** Removes optional choices: the next life of a name inherits none of them. */
export function withoutChoices(facts: LabFacts): LabFacts {
  const { account: _account, zone: _zone, spot: _spot, session: _session, ...rest } = facts
  const {
    authorizedKeys: _authorizedKeys,
    allowFrom: _allowFrom,
    incarnation: _incarnation,
    network: _network,
    fixtures: _fixtures,
    mesh: _mesh,
    setup: _setup,
    ...without
  } = rest
  // A choice that is not removed does not compile.
  return without satisfies Required<typeof without>
}

/** The lab in the failure of its state; unchanged if its state has none. */
export function transitionToFailure(lab: AnyLab, at: string): AnyLab {
  const to = failureOf(lab.state)
  if (to === undefined) return lab
  assertTransition(lab.lab, lab.state, to)
  return toAnyLab({ ...lab, state: to, stateSince: at })
}

/** A record is a lab in one of the states; this lets the compiler follow without a cast. */
export const toAnyLab = (record: LabRecord): AnyLab => record
