import { expect } from '@jest/globals'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type { LabRecord } from '../../../backend/record-schema.js'
import { struckAt } from '../../stand-in/kill-point.js'
import { expectNothing, expectReady, recordOf, type Place } from './crash-checks.js'
import type { CrashCase, Verb } from './crash-commands.js'
import { expectInterrupted, expectTruth, type Struck } from './crash-told.js'
import { nextOf, timeOf } from './crash-truth.js'
import { LAB } from './stages.js'

/** Strikes a command, looks whether all is told, and has the next one mend it. */
export async function tryCase(place: Place, crash: CrashCase): Promise<void> {
  const planted = await plant(place)
  const struck = await strike(place, crash)
  const seen =
    crash.by === 'kill -9'
      ? await expectTruth(place, crash, struck)
      : await expectInterrupted(place, crash, struck)
  await follow(place, crash, seen)
  const { state } = await recordOf(place)
  if (state === 'destroyed') return expectNothing(place)
  await expectReady(place)
  if (seen.state.startsWith('reset')) expect(existsSync(planted)).toBe(false)
}

/** A file that a user has made on the machine; returns where it is on this computer. */
async function plant({ box }: Place): Promise<string> {
  const [machine] = box.machines()
  if (machine === undefined) return '/nowhere'
  const file = box.disk(machine, 'guest', 'planted')
  await writeFile(file, '')
  return file
}

/** Long enough to be under way when it is struck, and over soon by itself. */
const USE = 'echo used >made; exec sleep 0.3'

function wordsOf(verb: Verb, { box }: Place, { distro }: LabRecord): readonly string[] {
  if (verb === 'swap') return ['swap', LAB, distro === 'debian-13' ? 'debian-12' : 'debian-13']
  if (verb === 'cleanup' || verb === 'reap') return [verb, '--yes']
  if (verb === 'exec --local') return ['exec', LAB, '--local', '--', 'exec sleep 0.3']
  if (verb === 'cp') return ['cp', `${box.root}/copied`, `${LAB}:copied`]
  const files = ['--copy', `${box.root}/copied:copied`, '--fetch', `made:${box.root}/fetched`]
  return verb === 'exec' ? ['exec', LAB, ...files, '--', USE] : [verb, LAB]
}

async function strike(place: Place, { verb, point, by }: CrashCase): Promise<Struck> {
  const words = wordsOf(verb, place, await recordOf(place))
  const cli = place.box.start([...words.slice(0, 1), '-v', ...words.slice(1)], { env: struckAt(point, by) })
  const { code, stderr } = await cli.done
  return { pid: cli.pid, code, stderr }
}

/** A ready lab whose machine `stop` has stopped: `up` starts it. */
const isOff = ({ box }: Place, { state }: LabRecord): boolean =>
  state === 'ready' && box.machines().length === 0

async function follow(place: Place, { verb, then }: CrashCase, seen: LabRecord): Promise<void> {
  const { warm } = place
  if (then === 'down') {
    await warm.ok('down', LAB)
    return expectNothing(place)
  }
  if (then === 'recover') {
    const promised = isOff(place, seen) ? `distrolab up ${LAB}` : nextOf(seen.state, LAB, timeOf(verb))
    // A ready lab needs none; what has expired is kept or removed by its user.
    const isSafe = promised !== undefined && !promised.includes('&&')
    const recovery = (await warm.ok('recover', LAB, '--apply', '-o', 'json')).json<{ applied: string[] }>()
    expect(recovery).toMatchObject({ applied: isSafe ? [promised] : [], lease: { kind: 'free' } })
    if (isSafe) {
      expect(recovery).toMatchObject({ next: [] })
      return
    }
  }
  await bringBack(place, verb, seen)
}

/** `up` does not pass over what was begun, or over the time that it was given: it says what must be done first. */
async function bringBack(place: Place, verb: Verb, seen: LabRecord): Promise<void> {
  const { warm } = place
  const isOver = timeOf(verb) === 'over' && seen.state !== 'destroyed'
  if (seen.state === 'destroying' || (isOver && seen.state === 'destroy-failed')) {
    await expectRefused(place, seen, 'The destruction of debian-local started')
    await warm.ok('down', LAB)
  } else if (isOver) {
    await expectRefused(place, seen, 'debian-local expired at')
    await warm.ok('extend', LAB)
  }
  await warm.ok('up', LAB)
}

/** It changes nothing of what is told. */
async function expectRefused(place: Place, { state, step, failure }: LabRecord, why: string): Promise<void> {
  const up = await place.warm.run(['up', LAB])
  expect(`${up.code} ${up.stderr}`).toMatch(new RegExp(`^1 [^]*${why}`))
  expect(await recordOf(place)).toMatchObject({ state, step, failure, command: null })
}
