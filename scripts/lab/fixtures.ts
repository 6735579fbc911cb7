import type { Fixture } from '../../backend/record-schema.js'
import type { Context } from '../context.js'
import { onEachMachine } from '../each-machine.js'
import { LabError } from '../errors.js'
import { applySet } from '../fixtures/on-machine.js'
import { defaultPlace } from '../fixtures/place.js'
import { skippedLines } from '../fixtures/skipped.js'
import { findSet } from '../fixtures/sets.js'
import type { Connection } from '../machine/connect.js'
import type { LabPlan } from './plan-lab.js'
import { stepControl, type Work } from './work.js'

export const DEFAULT_SEED = 1

/** The test files that a new lab of this profile will have in its baseline. */
export function fixturesOfProfile({ config }: Pick<Context, 'config'>, profile: string): readonly Fixture[] {
  const { profiles = {} } = config.values
  const wanted = (Object.hasOwn(profiles, profile) ? profiles[profile]?.fixtures : undefined) ?? []
  return wanted.map(({ set, at = defaultPlace(set), seed = DEFAULT_SEED, machine }) => ({
    set,
    at,
    seed,
    ...(machine === undefined ? {} : { machine }),
  }))
}

/** The step, if the lab has any. */
export const fixtureSteps = ({ fixtures }: Pick<LabPlan, 'fixtures'>): readonly 'fixtures'[] =>
  fixtures.length > 0 ? ['fixtures'] : []

/** Throws LabError fixture-set-unknown or config-invalid. */
export async function assertSetsExist(
  { config }: Pick<Context, 'config'>,
  fixtures: readonly Fixture[],
): Promise<void> {
  for (const { set } of fixtures) await findSet(config, set)
}

/** Throws LabError machine-unknown. */
export function assertMachinesExist(
  lab: string,
  fixtures: readonly Fixture[],
  machines: readonly { readonly name: string }[],
): void {
  const known = machines.map(({ name }) => name)
  for (const { machine } of fixtures)
    if (machine !== undefined && !known.includes(machine))
      throw new LabError({ code: 'machine-unknown', lab, given: machine, known })
}

/** The step `fixtures`, before the baseline. `connections` in the order of the lab's machines. */
export async function applyFixtures(work: Work, connections: readonly Connection[]): Promise<void> {
  const { session, plan, steps } = work
  const { context, log } = session
  if (plan.fixtures.length === 0) return
  await steps.run('fixtures', async (detail) => {
    const named = connections.map((connection) => ({ name: connection.machine, connection }))
    await onEachMachine(named, stepControl(work, detail), async ({ name, connection }, step) => {
      for (const { set, at, seed, machine = name } of plan.fixtures) {
        if (machine !== name) continue
        step.detail(`applying ${set} to ${at}`)
        const { signal } = step
        const applied = await applySet({ connection, at, signal }, await findSet(context.config, set), seed)
        log.info('fixtures applied', { machine: name, ...applied })
        for (const line of skippedLines(applied.skipped))
          context.progress.say(`${session.lab}/${name}: fixtures ${set}: ${line}`)
      }
    })
  })
}
