import { expect, test } from '@jest/globals'
import { carryOut } from '../../../scripts/machine/transfer.js'
import { faultOf, until } from '../../support/cli/support.js'
import { useConnections } from '../../support/machine/closing.js'

const connected = useConnections()

test('a copy over a connection that is gone says that it was lost, not that the machine lacks SFTP', async () => {
  const { connection, server } = await connected(() => undefined)
  await server.close()
  await until(() => !connection.ssh.isConnected(), 'the end')
  const { signal } = new AbortController()
  const transfer = { flag: '--copy', from: 'here', to: 'there' } as const
  expect(await faultOf(carryOut(connection, transfer, { signal, onSkipped: () => undefined }))).toMatchObject(
    {
      code: 'ssh-failed',
      reason: 'the connection was lost while files were copied',
    },
  )
})
