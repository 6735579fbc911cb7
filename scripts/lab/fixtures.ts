import type { Fixture } from '../../backend/record-schema.js'
import { onEachMachine } from '../each-machine.js'
import { applySet } from '../fixtures/on-machine.js'
import { skippedLines } from '../fixtures/skipped.js'
import { findSet } from '../fixtures/sets.js'
import type { Connection } from '../machine/connect.js'
import { stepControl, type Work } from './work.js'

/** The step, if the lab has any. */
export const fixtureSteps = ({
  fixtures,
}: {
  readonly fixtures: readonly Fixture[]
}): readonly 'fixtures'[] => (fixtures.length > 0 ? ['fixtures'] : [])

/** The step `fixtures`, before the baseline. `connections` in the order of the lab's machines. */
export async function applyFixtures(work: Work, connections: readonly Connection[]): Promise<void> {
  const { session, plan, steps } = work
  const { context, log } = session
  if (plan.fixtures.length === 0) return
  await steps.run('fixtures', async (detail) => {
    const fixtures = await Promise.all(
      plan.fixtures.map(async (each) => ({ ...each, set: await findSet(context.config, each.set) })),
    )
    const named = connections.map((connection) => ({ name: connection.machine, connection }))
    await onEachMachine(named, stepControl(work, detail), async ({ name, connection }, step) => {
      for (const { set, at, seed, machine = name } of fixtures) {
        if (machine !== name) continue
        step.detail(`applying ${set.name} to ${at}`)
        const { signal } = step
        const applied = await applySet({ connection, at, signal }, set, seed)
        log.info('fixtures applied', { machine: name, ...applied })
        for (const line of skippedLines(applied.skipped))
          context.progress.say(`${session.lab}/${name}: fixtures ${set.name}: ${line}`)
      }
    })
  })
}
