import { afterAll, expect, test } from '@jest/globals'
import { useSandboxes } from '../stand-in/sandbox.js'
import '../scripts/support.js'
import { handing, linesOf } from './commands.js'
import { wellFormed } from './fields.js'
import { stateAttacks } from './states.js'
import { wholeFiles } from './whole-files.js'
import { World } from './world.js'

const makeSandbox = useSandboxes()
let world: World | undefined
afterAll(() => world?.close())

test('a record, a link and a state that name what is not the lab’s touch nothing of it', async () => {
  world = await World.make(await makeSandbox(), true)
  const [link] = wholeFiles[0]?.[1] ?? []
  const [place] = wellFormed
  const [folder] = stateAttacks
  if (link === undefined || place === undefined || folder === undefined) throw new Error('there is no attack')
  expect(await world.faults(link, linesOf('status', 'exec', 'down'))).toEqual([])
  expect(await world.faults(place, handing)).toEqual([])
  expect(await world.faults(folder, linesOf('plan', 'down'))).toEqual([])
})
