import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WarmCli } from '../../stand-in/warm-cli.js'
import { Sandbox } from '../../stand-in/sandbox.js'
import type { CrashCase } from './crash-commands.js'
import { expectNothing, expectReady, recordOf, type Place } from './crash-checks.js'
import { tryCase } from './crash-try.js'
import { LAB } from './stages.js'

/** What became of each case: undefined when all was as it must be. */
export type Outcomes = Map<CrashCase, Error | undefined>

/**
 * Takes case after case from `left`, which several walks may share, and tries it in one sandbox on the lab that the last
 * one left: a case that needs a ready lab follows one that ended with it, where there is one. After a failure it goes on
 * in a new sandbox.
 */
export async function walk(left: CrashCase[], outcomes: Outcomes): Promise<void> {
  let place = await newPlace()
  try {
    while (left.length > 0) {
      const isReady = (await recordOf(place)).state === 'ready'
      const next = left.findIndex(({ verb }) => (verb !== 'up') === isReady)
      const [crash] = left.splice(Math.max(next, 0), 1)
      if (crash === undefined) return
      try {
        await prepare(place, crash, isReady)
        await tryCase(place, crash)
        outcomes.set(crash, undefined)
      } catch (error) {
        outcomes.set(crash, error instanceof Error ? error : new Error(String(error)))
        await leavePlace(place)
        place = await newPlace()
      }
    }
  } finally {
    await leavePlace(place)
  }
}

/** More than SSH sends at once. */
const COPIED_BYTES = 100_000

/** With a lab that was there before: a first `up` that dies before its record has nothing to tell. */
async function newPlace(): Promise<Place> {
  const box = await Sandbox.make()
  await writeFile(join(box.root, 'copied'), Buffer.alloc(COPIED_BYTES))
  const place = { box, warm: new WarmCli(box.env) }
  await place.warm.ok('up', '--profile', LAB)
  return place
}

async function leavePlace({ box, warm }: Place): Promise<void> {
  await warm.close()
  await box.remove()
}

/** A command is struck on a ready lab, `up` on a destroyed one, `reap` on one whose time is over. */
async function prepare(place: Place, { verb, point }: CrashCase, isReady: boolean): Promise<void> {
  const { box, warm } = place
  if (verb === 'up' && isReady) {
    await warm.ok('down', LAB)
    await expectNothing(place)
  }
  if (verb !== 'up' && !isReady) {
    await warm.ok('up', LAB)
    await expectReady(place)
  }
  // What `up` has initialised is not initialised again.
  if (point.step === 'init') await box.forgetWork()
  if (verb === 'start') await warm.ok('stop', LAB)
  if (verb !== 'reap') return
  // What would power the machine off goes first, so that what reap finds does not change under one's eyes.
  for (const { pid } of box.processes('watchdog')) await box.kill(pid)
  await box.editRecord(LAB, { expiresAt: new Date(Date.now() - 1).toISOString() })
}
