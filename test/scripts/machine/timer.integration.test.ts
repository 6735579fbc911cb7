import { expect, test } from '@jest/globals'
import { moveTimer } from '../../../scripts/machine/timer.js'
import { faultOf } from '../../support/cli/support.js'
import { useConnections } from '../../support/machine/closing.js'

const connected = useConnections()
const { signal } = new AbortController()

test('a timer is set by one command of root', async () => {
  const commands: string[] = []
  const { connection } = await connected((channel, command) => {
    commands.push(command)
    channel.exit(0)
    channel.end()
  })
  await moveTimer(connection, '2026-12-01T00:00:00.000Z', signal)
  expect(commands).toEqual([expect.stringContaining('|| root="sudo -n"; $root sh -c ')])
})

test.each([
  ['what it complains of', 'sudo: a password is required\n', 'sudo: a password is required'],
  ['its exit code where it says nothing', '', 'the command ended with 3'],
])('a timer that cannot be set is a fault with %s', async (_what, complaint, reason) => {
  const { connection } = await connected((channel) => {
    channel.stderr.write(complaint)
    channel.exit(3)
    channel.end()
  })
  expect(await faultOf(moveTimer(connection, null, signal))).toMatchObject({
    code: 'ssh-failed',
    reason: `its timer could not be set: ${reason}`,
  })
})
