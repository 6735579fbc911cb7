import { expect, jest } from '@jest/globals'
import { cloudProvider } from '../../../services/cloud-providers.js'
import { runInOwnNetwork } from '../../../stand-in/own-network.js'
import { testWith } from '../../../suite/lacking.js'

// Four machines one after the other, each waited for by the provider.
jest.setTimeout(900_000)

const testWithProvider = testWith(await cloudProvider('google'), 'google')

testWithProvider(
  'a lab on Google is used, extended, swapped and reset over SSH, at the addresses that Google gives it',
  async () => {
    const { stderr } = await runInOwnNetwork(
      '../../../support/labs/google-network-worker.js',
      import.meta.url,
    )
    expect(stderr).toContain('reset web -o json: ')
  },
)
