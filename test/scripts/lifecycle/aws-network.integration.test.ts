import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { run } from '../../../scripts/run.js'
import { awsProvider } from '../../services/aws-provider.js'

// Four machines one after the other, each waited for ten seconds by the provider.
jest.setTimeout(900_000)

const WORKER = fileURLToPath(new URL('aws-network-worker.js', import.meta.url))

/** A network in which every address is this computer's: nothing leaves, and the emulator's addresses answer. */
const NETWORK = 'ip link set lo up && ip route add local default dev lo && exec "$@"'

const testWithProvider = (await awsProvider()) === undefined ? test.skip : test

testWithProvider(
  'a lab on AWS is used, extended, swapped and reset over SSH, at the addresses that AWS gives it',
  async () => {
    const isRoot = process.getuid?.() === 0
    const unshare = ['--net', ...(isRoot ? [] : ['--map-root-user'])]
    const { stderr } = await run('unshare', [...unshare, 'sh', '-c', NETWORK, 'sh', process.execPath, WORKER])
    expect(stderr).toContain('reset web -o json: ')
  },
)
