import { expect, jest } from '@jest/globals'
import { cloudProvider } from '../../../services/cloud-providers.js'
import { runInOwnNetwork } from '../../../stand-in/own-network.js'
import { testWith } from '../../../suite/lacking.js'

// Three machines one after the other; the provider waits 10 s for each thing, and 20 for the group.
jest.setTimeout(1_800_000)

const testWithProvider = testWith(await cloudProvider('azurerm'), 'azurerm')

testWithProvider(
  'a lab on Azure is used, extended, swapped and reset over SSH, at the address that Azure gives it',
  async () => {
    const { stderr } = await runInOwnNetwork('../../../support/labs/azure-network-worker.js', import.meta.url)
    expect(stderr).toContain('reset web -o json: ')
  },
)
