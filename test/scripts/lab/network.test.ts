import { describe, expect, test } from '@jest/globals'
import { loadCatalog } from '../../../distro-catalog/load.js'
import type { Flags } from '../../../scripts/flags.js'
import type { Context } from '../../../scripts/context.js'
import { readEnvironment } from '../../../scripts/env.js'
import { draftLab } from '../../../scripts/lab/plan-lab.js'
import { findLabNetwork } from '../../../scripts/lab/network.js'
import { networkChoiceOf } from '../../../scripts/providers/cloud.js'
import type { NetworkQuestion } from '../../../scripts/providers/network-question.js'
import type { LabName } from '../../../backend/lab-name.js'
import type { UserProfile } from '../../../distro-catalog/user-profile-schema.js'
import { resolveSettings } from '../../../scripts/settings.js'
import { faultOf } from '../../support/cli/support.js'

const contextOf = (flags: Flags, profiles: Readonly<Record<string, UserProfile>> = {}): Context => {
  const config = { values: { profiles }, files: [], origins: {} }
  const settings = resolveSettings(flags, readEnvironment({}), config, '/')
  const interrupt = { signal: new AbortController().signal }
  return {
    settings,
    config,
    interrupt,
    space: { cache: '/nowhere' },
    catalog: () => loadCatalog(),
  } as unknown as Context
}
const draft = (flags: Flags, profiles?: Readonly<Record<string, UserProfile>>) =>
  draftLab(contextOf(flags, profiles), 'web' as LabName, undefined, 'known')
const AT = { id: 'vpc-0a1b2c3d', subnet: 'subnet-0a1b2c3d' }

/** As a lab would be recorded, with a cloud that finds every network. */
async function recorded(flags: Flags, profiles?: Readonly<Record<string, UserProfile>>) {
  const asked: Partial<NetworkQuestion>[] = []
  const found = await draft(flags, profiles)
  const find = async ({ given, region, zone }: NetworkQuestion) => {
    asked.push({ given, region, zone })
    return AT
  }
  const networks = found.hooks.networks && { ...found.hooks.networks, find }
  const hooks = { ...found.hooks, ...(networks && { networks }) }
  const network = await findLabNetwork(contextOf(flags, profiles), { ...found, hooks })
  return { network, asked, choice: networkChoiceOf(network === undefined ? {} : { network }) }
}

describe('the network of a new lab', () => {
  test('is not recorded where none was named', async () => {
    expect(await recorded({ profile: 'debian-aws' })).toEqual({
      network: undefined,
      asked: [],
      choice: 'default',
    })
  })

  test.each(['own', 'default'])('that is %s is not looked up', async (network) => {
    expect(await recorded({ profile: 'debian-google', network })).toEqual({
      network: { given: network },
      asked: [],
      choice: network,
    })
  })

  test('that is the user’s is looked up in the lab’s region and zone, and recorded as found', async () => {
    const flags = { profile: 'debian-aws', network: 'Prod', region: 'eu-west-1', zone: 'b' }
    expect(await recorded(flags)).toEqual({
      network: { given: 'Prod', at: AT },
      asked: [{ given: 'Prod', region: 'eu-west-1', zone: 'eu-west-1b' }],
      choice: AT,
    })
  })

  test('is that of the profile where no flag says otherwise', async () => {
    const profiles = {
      mine: { distro: 'debian', provider: 'azure', region: 'westeurope', network: 'net/prod' },
    }
    expect((await recorded({ profile: 'mine' }, profiles)).network).toMatchObject({ given: 'net/prod' })
    expect((await recorded({ profile: 'mine', network: 'own' }, profiles)).network).toEqual({ given: 'own' })
  })

  test.each(['aws', 'azure'])('on %s is in one region, which has to be named', async (cloud) => {
    const network = cloud === 'aws' ? 'vpc-0a1b2c3d' : 'net/prod'
    expect(await faultOf(draft({ profile: `debian-${cloud}`, network }))).toEqual({
      code: 'usage',
      problem: `--network: "${network}" is in one region only; name it too, with --region`,
    })
  })

  test('is none on this computer', async () => {
    await draft({ profile: 'debian-local', network: 'default' })
    expect(await faultOf(draft({ profile: 'debian-local', network: 'own' }))).toMatchObject({ code: 'usage' })
  })
})

test('tags that the cloud does not accept are refused before anything is asked for; a local lab has any', async () => {
  const tag = ['Team=Infra']
  expect(await faultOf(draft({ profile: 'debian-google', tag }))).toMatchObject({ code: 'usage' })
  await draft({ profile: 'debian-aws', tag })
  await draft({ profile: 'debian-local', tag })
})
