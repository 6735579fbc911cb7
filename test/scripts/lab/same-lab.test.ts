import { describe, expect, test } from '@jest/globals'
import type { AnyLab } from '../../../backend/lab.js'
import { withOwnMakes } from '../../../backend/machines.js'
import { loadCatalog } from '../../../distro-catalog/load.js'
import type { Flags } from '../../../scripts/flags.js'
import type { Config } from '../../../scripts/config.js'
import type { Context } from '../../../scripts/context.js'
import { readEnvironment } from '../../../scripts/env.js'
import { assertSameLab } from '../../../scripts/lab/same-lab.js'
import { resolveSettings } from '../../../scripts/settings.js'
import { records, recordsOfBefore } from '../../support/backend/records.js'
import { faultOf } from '../../support/cli/support.js'

const AWS = withOwnMakes({
  ...recordsOfBefore.aws,
  distro: 'debian-13',
  profile: 'debian-aws',
  size: { ...records.aws.size, instanceType: 't4g.medium' },
}) as AnyLab
const LOCAL = records.local as AnyLab

const asked = (known: AnyLab, flags: Flags, values: Config['values'] = {}): Promise<void> => {
  const config = { values, files: [], origins: {} }
  const settings = resolveSettings(flags, readEnvironment({}), config, '/')
  return assertSameLab({ settings, config, catalog: () => loadCatalog() } as unknown as Context, known)
}

const HAS: readonly (readonly [flag: string, same: string, other: string, has: string])[] = [
  ['disk', '10', '40', '10'],
  ['region', 'eu-central-1', 'eu-west-1', 'eu-central-1'],
  ['zone', 'eu-central-1a', 'b', 'eu-central-1a'],
  ['zone', 'a', 'eu-central-1c', 'eu-central-1a'],
  ['spot', 'true', 'false', 'true'],
  ['arch', 'arm64', 'x86_64', 'arm64'],
  ['network', 'Prod', 'own', 'Prod'],
  ['network', 'subnet-0a1b2c3d4e5f60718', 'vpc-11111111', 'Prod'],
]

describe.each(HAS)('--%s on a lab that is there', (flag, same, other, has) => {
  test(`as it was made (${same}) is fine`, async () => {
    await asked(AWS, { [flag]: same })
  })

  test(`as it was not made (${other}) is refused with what the lab has`, async () => {
    expect(await faultOf(asked(AWS, { [flag]: other }))).toEqual({
      code: 'setting-fixed',
      lab: 'web',
      setting: `--${flag}`,
      has,
      asked: other,
    })
  })
})

test('a zone is not told by what it happens to end with', async () => {
  expect(await faultOf(asked(AWS, { zone: 'central-1a' }))).toMatchObject({ code: 'usage' })
})

describe('a size of a lab that is not of the usual architecture', () => {
  test('is the type that the size has of its architecture', async () => {
    await asked(AWS, { size: 'lab' }, { arch: 'arm64' })
    await asked(AWS, { size: 'lab' })
  })

  test('is refused where it is another one', async () => {
    expect(await faultOf(asked(AWS, { size: 'large' }, { arch: 'arm64' }))).toEqual({
      code: 'size-fixed',
      lab: 'web',
      has: 't4g.medium',
      asked: 't4g.large',
    })
  })

  test('is compared by an instance type whatever its architecture', async () => {
    await asked(AWS, { 'instance-type': 't4g.medium' })
    expect(await faultOf(asked(AWS, { 'instance-type': 't3.medium' }))).toMatchObject({ code: 'size-fixed' })
  })
})

describe('--ttl on a lab that is there', () => {
  test('as it was made with is fine, and so is that of a configuration, which is for new labs', async () => {
    await asked(AWS, { ttl: '4h' })
    await asked(LOCAL, { ttl: 'none' })
    await asked(AWS, {}, { ttl: '9h' })
  })

  test('is refused where the lab has another expiry: extend moves it', async () => {
    const fault = { code: 'expiry-fixed', lab: 'web' }
    expect(await faultOf(asked(AWS, { ttl: '9h' }))).toEqual({
      ...fault,
      expiresAt: AWS.expiresAt,
      asked: '9h',
    })
    expect(await faultOf(asked(AWS, { ttl: 'none' }))).toMatchObject(fault)
    expect(await faultOf(asked(LOCAL, { ttl: '4h' }))).toMatchObject({ ...fault, expiresAt: null })
  })
})

test('a lab of before, or one that named no network, is in the default one; on Azure in its own', async () => {
  const { network: _network, ...before } = AWS
  await asked(before, { network: 'default' })
  expect(await faultOf(asked(before as AnyLab, { network: 'own' }))).toMatchObject({ has: 'default' })
  const azure = records.azure as AnyLab
  for (const network of ['own', 'default']) await asked(azure, { network })
  expect(await faultOf(asked(azure, { network: 'g/n' }))).toMatchObject({ has: 'own', asked: 'g/n' })
})

test('a tag of the command line is one that the lab has; those of files and the environment are for new labs', async () => {
  const lab = { ...AWS, tags: { ...AWS.tags, team: 'infra' } }
  await asked(lab, { tag: ['team=infra'] }, { tags: { cost: '4711' } })
  expect(await faultOf(asked(lab, { tag: ['team=infra', 'team=web'] }))).toMatchObject({
    code: 'setting-fixed',
    setting: '--tag',
    has: 'team=infra',
    asked: 'team=web',
  })
  expect(await faultOf(asked(lab, { tag: ['constructor=x'] }))).toMatchObject({ has: 'no tag constructor' })
})

test('a local lab has the architecture of its computer', async () => {
  const [own, other] = process.arch === 'arm64' ? ['arm64', 'x86_64'] : ['x86_64', 'arm64']
  const lab = { ...LOCAL, distro: 'debian-13' }
  await asked(lab, { arch: own })
  expect(await faultOf(asked(lab, { arch: other }))).toMatchObject({ code: 'usage' })
})

test('a profile that names machines is never another profile of the same distro: its machines are other ones', async () => {
  const profile = (address: string) => ({
    provider: 'static' as const,
    distro: 'debian-13',
    machines: [{ address, user: 'anna' }],
  })
  const profiles = { rack: profile('192.0.2.7'), other: profile('192.0.2.8') }
  const lab = { ...LOCAL, provider: 'static', distro: 'debian-13', profile: 'rack' }
  await asked(lab, { profile: 'rack' }, { profiles })
  expect(await faultOf(asked(lab, { profile: 'other' }, { profiles }))).toEqual({
    code: 'lab-of-other-profile',
    lab: 'web',
    profile: 'rack',
    asked: 'other',
  })
})
