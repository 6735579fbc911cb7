import { expect, test } from '@jest/globals'
import type { CloudName } from '../../../distro-catalog/provider-names.js'
import { checkNetworkName } from '../../../scripts/providers/network-name.js'
import { faultOf } from '../../support/cli/support.js'

const SOUND: readonly (readonly [CloudName, readonly string[]])[] = [
  ['aws', ['own', 'default', 'vpc-0a1b2c3d', 'subnet-0a1b2c3d4e5f60718', 'Prod_1']],
  ['google', ['own', 'default', 'prod', 'prod/machines', 'a']],
  ['azure', ['own', 'default', 'My.Group_(1)/prod', 'group/prod/machines']],
]
test.each(SOUND)('%s accepts %j', (provider, names) => {
  for (const name of names) checkNetworkName(provider, name)
})

const UNSOUND: readonly (readonly [CloudName, string, string])[] = [
  ['aws', 'prod/machines', 'the id of a VPC or subnet (vpc-…, subnet-…), or the Name tag of a VPC'],
  ['google', 'Prod', 'NETWORK or NETWORK/SUBNETWORK'],
  ['google', 'prod/a/b', 'NETWORK or NETWORK/SUBNETWORK'],
  ['google', 'prod-', 'NETWORK or NETWORK/SUBNETWORK'],
  ['azure', 'prod', 'GROUP/NETWORK or GROUP/NETWORK/SUBNET'],
  ['azure', 'a/b/c/d', 'GROUP/NETWORK or GROUP/NETWORK/SUBNET'],
]
test.each(UNSOUND)('%s refuses %s, and says what it expects', async (provider, name, expected) => {
  expect(await faultOf(() => checkNetworkName(provider, name))).toEqual({
    code: 'usage',
    problem: `--network: expected own, default, or ${expected}; got "${name}"`,
  })
})
