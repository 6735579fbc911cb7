import { expect, jest, test } from '@jest/globals'
import { awsProvider } from '../../services/aws-provider.js'
import { runInOwnNetwork } from '../../stand-in/own-network.js'

// Four machines one after the other, each waited for ten seconds by the provider.
jest.setTimeout(900_000)

const testWithProvider = (await awsProvider()) === undefined ? test.skip : test

testWithProvider(
  'a lab on AWS is used, extended, swapped and reset over SSH, at the addresses that AWS gives it',
  async () => {
    const { stderr } = await runInOwnNetwork('aws-network-worker.js', import.meta.url)
    expect(stderr).toContain('reset web -o json: ')
  },
)
