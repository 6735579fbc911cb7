import { expect, jest, test } from '@jest/globals'
import { cloudProvider } from '../../services/cloud-providers.js'
import { runInOwnNetwork } from '../../stand-in/own-network.js'

// Four machines one after the other, each waited for by the provider.
jest.setTimeout(900_000)

const testWithProvider = (await cloudProvider('google')) === undefined ? test.skip : test

testWithProvider(
  'a lab on Google is used, extended, swapped and reset over SSH, at the addresses that Google gives it',
  async () => {
    const { stderr } = await runInOwnNetwork('google-network-worker.js', import.meta.url)
    expect(stderr).toContain('reset web -o json: ')
  },
)
