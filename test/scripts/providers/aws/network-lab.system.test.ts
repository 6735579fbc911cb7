import { expect, jest } from '@jest/globals'
import { awsProvider } from '../../../services/aws-provider.js'
import { runInOwnNetwork } from '../../../stand-in/own-network.js'
import { testWith } from '../../../suite/lacking.js'

// Four machines one after the other, each waited for ten seconds by the provider.
jest.setTimeout(900_000)

const testWithProvider = testWith(await awsProvider(), 'aws')

testWithProvider(
  'a lab on AWS is used, extended, swapped and reset over SSH, at the addresses that AWS gives it',
  async () => {
    const { stderr } = await runInOwnNetwork('../../../support/labs/aws-network-worker.js', import.meta.url)
    expect(stderr).toContain('reset web -o json: ')
  },
)
