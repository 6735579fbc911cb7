import { afterEach, beforeAll, expect, test } from '@jest/globals'
import { temporaryFolder } from '../support/cli/support.js'
import { OtherBuild } from '../support/hostile/other-build.js'
import { protections } from '../support/hostile/protections.js'
import { useWorld } from '../support/hostile/suite.js'

/** Whether the suite would notice: each protection is turned off in a copy of the program. */
const { world, survives } = useWorld()
const build = new OtherBuild(temporaryFolder())
beforeAll(async () => {
  await build.make()
  await world().use(build.program)
})
afterEach(async () => {
  await build.restore()
  await world().use()
  await world().heal()
})

test('the copy as it is passes', async () => {
  await world().use(build.program)
  for (const { attack, lines } of protections.slice(0, 3)) await survives(attack, lines)
})

test.each(protections.map((each) => [each.name, each] as const))(
  'it is noticed when it is not so that %s',
  async (_name, protection) => {
    const { attack, lines, found, limitMs } = protection
    await build.turnOff(protection)
    await world().use(build.program)
    const usual = world().limitMs
    if (limitMs !== undefined) world().limitMs = limitMs
    try {
      expect((await world().faults(attack, lines)).join('\n')).toMatch(found)
    } finally {
      world().limitMs = usual
    }
  },
)
