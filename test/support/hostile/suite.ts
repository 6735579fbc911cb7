import { afterAll, beforeAll, expect, jest } from '@jest/globals'
import { Sandbox } from '../../stand-in/sandbox.js'
import type { Line } from './commands.js'
import { World, type Attack } from './world.js'

jest.setTimeout(300_000)

/** One world for a file's tests, each of which leaves it as it was; returns what tests an attack in it. */
export function useWorld(): {
  readonly world: () => World
  readonly survives: (attack: Attack, lines: readonly Line[]) => Promise<void>
} {
  let made: World | undefined
  const world = (): World => {
    if (made === undefined) throw new Error('there is no world')
    return made
  }
  beforeAll(async () => {
    made = await World.make(await Sandbox.make())
  })
  afterAll(async () => {
    await made?.close()
    await made?.box.remove()
  })
  return {
    world,
    survives: async (attack, lines) => expect(await world().faults(attack, lines)).toEqual([]),
  }
}
