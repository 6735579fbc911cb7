import { afterAll, expect, test } from '@jest/globals'
import { useSandboxes } from '../stand-in/sandbox.js'
import '../support/cli/support.js'
import { handing, linesOf } from '../support/hostile/commands.js'
import { wellFormed } from '../support/hostile/fields.js'
import { stateAttacks } from '../support/hostile/states.js'
import { wholeFiles } from '../support/hostile/whole-files.js'
import { World } from '../support/hostile/world.js'

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
