import { expect, jest, test } from '@jest/globals'
import type { LabRecord } from '../../../backend/record-schema.js'
import { REGION, SUBSCRIPTION } from '../../stand-in/azure.js'
import '../../support/cli/support.js'
import { useAzureImports } from '../../support/images/azure-world.js'
import { ok } from '../../support/images/import-lab.js'

jest.setTimeout(300_000)

const { world, computer, env } = useAzureImports(2)
const IMPORT = ['images', 'import', 'arch', '--provider', 'azure'] as const
const FORGET = ['images', 'forget', 'arch', '--provider', 'azure'] as const
const ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/distrolab-images/providers/Microsoft.Compute/images/distrolab-arch-x86-64`
const up = (region: string) => [
  ...['up', 'web', '--profile', 'arch-azure', '--region', region, '--wait', 'none'],
  ...['--allow-from', '203.0.113.7/32'],
]

test('a new lab is made from what was imported, in its region only, and keeps it from being forgotten', async () => {
  const box = await computer()
  const pinned = async (): Promise<LabRecord['image']> =>
    (await ok(box.run(['status', 'web', '-o', 'json'], { env: env() }))).json<LabRecord>().image

  const missing = await box.run(up(REGION), { env: env() })
  expect([missing.code, missing.stderr]).toEqual([
    1,
    expect.stringContaining('distrolab images import arch --provider azure'),
  ])
  await ok(box.run(['down', 'web'], { env: env() }))
  await ok(box.run(IMPORT, { env: env() }))

  const elsewhere = await box.run(up('northeurope'), { env: env() })
  expect([elsewhere.code, elsewhere.stderr]).toEqual([
    1,
    expect.stringMatching(/can only be used in westeurope, not in northeurope[^]*--region westeurope/),
  ])
  await ok(box.run(['down', 'web'], { env: env() }))

  // The stand-in of the engine makes no machines; which image they would get is on record before.
  const made = await box.run(up(REGION), { env: env() })
  expect(made.stderr).toContain("Using the team's imported image")
  expect(await pinned()).toMatchObject({ id: ID, kind: 'imported' })
  const refused = await box.run(FORGET, { env: env() })
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/cannot be reset[^]*\n {2}web\n/)])
  expect(world().azure.resources.find(ID)).toBeDefined()
  await ok(box.run(['down', 'web'], { env: env() }))
  await ok(box.run(FORGET, { env: env() }))
  expect(world().azure.made).toEqual([])
})

test.each([
  [
    'no place',
    { DISTROLAB_BUCKET: undefined },
    2,
    /none was given[^]*az storage account create[^]*az storage container create/,
  ],
  ['a bucket of another cloud', { DISTROLAB_BUCKET: 'gs://labs' }, 2, /"gs:\/\/labs" does not name one/],
  [
    ...[
      'an account of another subscription',
      { DISTROLAB_BUCKET: 'https://nobodys.blob.core.windows.net/disks' },
    ],
    ...[2, /no storage account nobodys/],
  ] as const,
  [
    ...[
      'a place that only looks like the account',
      { DISTROLAB_BUCKET: 'https://labdisks.blob.evil.test/disks' },
    ],
    ...[2, /no storage account labdisks at https:\/\/labdisks\.blob\.evil\.test/],
  ] as const,
  ['no credentials', { ARM_CLIENT_SECRET: undefined }, 7, /az login/],
] as const)('an import with %s is refused, and nothing is recorded', async (_title, changes, code, said) => {
  const box = await computer()
  const run = await box.run(IMPORT, { env: env(changes) })
  expect([run.code, run.stderr]).toEqual([code, expect.stringMatching(said)])
  expect(await box.files('images')).toEqual([])
})

test('an image of that name which somebody else made is neither taken for ours nor removed', async () => {
  const box = await computer()
  const { azure } = world()
  azure.resources.put(ID.slice(0, ID.indexOf('/providers/')), { location: REGION })
  azure.resources.put(ID, { location: REGION, tags: { 'distrolab-image': 'arch-x86_64' } })
  const run = await box.run(IMPORT, { env: env() })
  expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('which this backend did not create')])
  expect(azure.resources.find(ID)).toBeDefined()
})

test('a container that is not there is told with the line that makes it', async () => {
  const box = await computer()
  const place = world().storage.url.replace(/disks$/, 'others')
  const run = await box.run(IMPORT, { env: env({ DISTROLAB_BUCKET: place }) })
  expect([run.code, run.stderr]).toEqual([
    1,
    expect.stringContaining('az storage container create --account-name labdisks --name others'),
  ])
  await ok(box.run(FORGET, { env: env({ DISTROLAB_BUCKET: place }) }))
})

test('another processor than Azure takes images for is refused', async () => {
  const box = await computer()
  const run = await box.run(['images', 'import', 'debian-13', '--provider', 'azure', '--arch', 'arm64'], {
    env: env(),
  })
  expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('only from gallery images')])
})
