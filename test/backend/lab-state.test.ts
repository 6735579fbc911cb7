import { describe, expect, test } from '@jest/globals'
import { BackendError } from '../../backend/errors.js'
import { assertTransition, failureOf, isLegal, states, type State } from '../../backend/lab-state.js'
import { transition, type AnyLab, type Lab } from '../../backend/lab.js'

/** Written out a second time, in another form, so that a slip in the table is seen. */
const worksTo: Readonly<Record<string, readonly string[]>> = {
  provisioning: ['provisioned', 'provision-failed', 'ready'],
  provisioned: ['configuring'],
  configuring: ['ready', 'configure-failed', 'configuring'],
  ready: ['swapping', 'resetting', 'in-use', 'configuring'],
  swapping: ['ready', 'swap-failed', 'swapping'],
  resetting: ['ready', 'reset-failed', 'resetting'],
  'in-use': ['ready'],
  destroying: ['destroyed', 'destroy-failed'],
  'swap-failed': ['swapping'],
  'reset-failed': ['resetting'],
  'configure-failed': ['configuring'],
}

const expected = (from: State, to: State): boolean => {
  if (to === 'destroying') return true
  if (to === 'provisioning') return from !== 'destroying'
  return worksTo[from]?.includes(to) ?? false
}

describe('the transition table', () => {
  test('knows the fourteen states of the design', () => {
    expect([...states].sort()).toEqual(
      [
        ...['provisioning', 'provisioned', 'configuring', 'ready', 'swapping', 'resetting', 'in-use'],
        ...['destroying', 'destroyed'],
        ...['provision-failed', 'configure-failed', 'swap-failed', 'reset-failed', 'destroy-failed'],
      ].sort(),
    )
  })

  test.each(states.flatMap((from) => states.map((to) => [from, to] as const)))(
    'rules on %s → %s',
    (from, to) => {
      expect(isLegal(from, to)).toBe(expected(from, to))
      const assertion = (): void => assertTransition('demo', from, to)
      if (expected(from, to)) assertion()
      else expect(assertion).toThrow(new BackendError({ code: 'transition-illegal', lab: 'demo', from, to }))
    },
  )

  test('gives each -ing state its own, legal failure, and no other state one', () => {
    for (const state of states) {
      const failure = failureOf(state)
      expect(failure !== undefined).toBe(state.endsWith('ing'))
      if (failure !== undefined) expect(isLegal(state, failure)).toBe(true)
    }
  })
})

/** Never called: it compiles only as long as the types keep the rules (an unused expect-error is an error). */
export function illegalTransitionsDoNotCompile(
  lab: AnyLab,
  ready: Lab<'ready'>,
  down: Lab<'destroying'>,
): void {
  const swapping: Lab<'swapping'> = transition(ready, 'swapping', '')
  transition(swapping, 'swap-failed', '')
  transition(lab, 'destroying', '')
  if (lab.state !== 'destroying') transition(lab, 'provisioning', '')
  if (lab.state === 'ready' || lab.state === 'configure-failed') transition(lab, 'configuring', '')
  // @ts-expect-error a ready lab was provisioned already
  transition(ready, 'provisioned', '')
  // @ts-expect-error only what is in use returns from it
  transition(transition(ready, 'in-use', ''), 'swap-failed', '')
  // @ts-expect-error `up` does not resume a lab that is being destroyed
  transition(down, 'provisioning', '')
  // @ts-expect-error a lab in an unknown state may be destroying
  transition(lab, 'provisioning', '')
  // @ts-expect-error there is no such state
  transition(ready, 'rebooting', '')
  // @ts-expect-error a ready lab is no destroyed one
  const wrong: Lab<'destroyed'> = ready
  void wrong
}
