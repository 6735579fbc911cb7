import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Catalog } from '../../../distro-catalog/catalog.js'
import { loadCatalog } from '../../../distro-catalog/load.js'
import type { ProfileMachine } from '../../../distro-catalog/profile-machine-schema.js'
import { resolveProfile } from '../../../distro-catalog/profile.js'
import { readEnvironment } from '../../../scripts/env.js'
import type { Flags } from '../../../scripts/flags.js'
import { draftMachines } from '../../../scripts/lab/draft-machines.js'
import { providerOf } from '../../../scripts/providers/registry.js'
import { resolveSettings } from '../../../scripts/settings.js'
import { faultOf } from '../../support/cli/support.js'

const NO_CONFIG = { values: {}, files: [], origins: {} }
const settingsOf = (flags: Flags, variables: Record<string, string> = {}) =>
  resolveSettings(flags, readEnvironment(variables), NO_CONFIG, '/')

let catalog: Catalog
beforeAll(async () => {
  catalog = await loadCatalog()
})

describe('the machines of a new lab', () => {
  const machinesOf = async (flags: Flags, machines?: ProfileMachine[]) => {
    const profile = { ...resolveProfile(catalog, 'debian-aws'), ...(machines && { machines }) }
    const drafts = draftMachines(catalog, profile, await providerOf('aws'), settingsOf(flags))
    return drafts.map((draft) => [draft.name, draft.profile.distro.name, draft.size.instanceType])
  }
  const PAIR = [{ name: 'source' }, { name: 'target', distro: 'rocky-9', size: 'large' }]

  test('are one, called main', async () => {
    expect(await machinesOf({})).toEqual([['main', 'debian-13', 't3.medium']])
  })

  test('are those that --machines names, with the distro of the profile or their own', async () => {
    expect(await machinesOf({ machines: 'source,target:rocky-9' })).toEqual([
      ['source', 'debian-13', 't3.medium'],
      ['target', 'rocky-9', 't3.medium'],
    ])
  })

  test('are as many as --count says', async () => {
    expect((await machinesOf({ count: '3' })).map(([name]) => name)).toEqual(['m1', 'm2', 'm3'])
  })

  test('are those of the profile, each with its own size', async () => {
    expect(await machinesOf({}, PAIR)).toEqual([
      ['source', 'debian-13', 't3.medium'],
      ['target', 'rocky-9', 't3.large'],
    ])
  })

  test('keep what the profile says of them where a flag names them', async () => {
    expect(await machinesOf({ machines: 'target,other' }, PAIR)).toEqual([
      ['target', 'rocky-9', 't3.large'],
      ['other', 'debian-13', 't3.medium'],
    ])
  })

  test('have the size that a flag names, whatever the profile says', async () => {
    expect((await machinesOf({ size: 'small' }, PAIR)).map(([, , type]) => type)).toEqual([
      't3.small',
      't3.small',
    ])
  })

  test('of a distro that does not exist are refused with near names', async () => {
    expect(() => draftMachines(catalog, resolveProfile(catalog, 'debian-aws'), hooks, wish)).toThrow('debain')
  })
  const hooks = { resolveSize: () => ({ instanceType: 'x', vcpus: 1, memoryMiB: 1, diskGiB: 1 }) }
  const wish = settingsOf({ machines: 'source:debain' })
})

describe('--machines and --count', () => {
  test.each([
    { machines: 'Source' },
    { machines: 'a,a' },
    { machines: 'a:' },
    { machines: 'a:debian:13' },
    { machines: 'a,,b' },
    { machines: '-a' },
    { count: '0' },
    { count: '65' },
    { count: 'two' },
    { count: '2', machines: 'a,b' },
  ])('%j is refused', async (flags) => {
    expect(await faultOf(() => settingsOf(flags))).toMatchObject({ code: 'usage' })
  })

  test('come from the environment too, where the command line wins', () => {
    expect(settingsOf({}, { DISTROLAB_MACHINES: 'a,b' }).machines).toEqual([{ name: 'a' }, { name: 'b' }])
    expect(settingsOf({ count: '1' }, { DISTROLAB_MACHINES: 'a,b' }).machines).toEqual([{ name: 'm1' }])
  })
})
