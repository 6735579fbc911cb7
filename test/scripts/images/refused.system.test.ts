import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { makeQcow2, sha256 } from '../../support/local-vm/image-server.js'
import '../../support/cli/support.js'
import { DISK, ok, recordOf, useImports } from '../../support/images/import-lab.js'

jest.setTimeout(300_000)

const { world, computer } = useImports(2)
const IMPORT = ['images', 'import', 'arch', '--provider', 'google'] as const
const FORGET = ['images', 'forget', 'arch', '--provider', 'google'] as const

test.each([
  ['AWS without a region', ['arch', '--provider', 'aws'], {}, 2, '--region REGION'],
  [
    'a bucket for AWS',
    ['arch', '--provider', 'aws', '--bucket', 's3://labs'],
    {},
    2,
    '--bucket: an import to',
  ],
  ['a region for Google', ['arch', '--provider', 'google', '--region', 'x'], {}, 2, '--region: an import to'],
  ['this computer', ['debian-13', '--provider', 'local'], {}, 2, 'without an import'],
  ['a pair that the catalog does not have', ['alpine', '--provider', 'google'], {}, 3, 'alpine'],
  ['no provider', ['arch'], {}, 2, 'its provider with --provider'],
  ['an architecture without an image', ['arch', '--provider', 'google', '--arch', 'arm64'], {}, 3, 'arm64'],
  ['no bucket', ['arch', '--provider', 'google'], { DISTROLAB_BUCKET: undefined }, 2, '--bucket gs://BUCKET'],
  [
    ...([
      'no credentials',
      ['arch', '--provider', 'google'],
      { GOOGLE_OAUTH_ACCESS_TOKEN: undefined },
    ] as const),
    ...([7, 'gcloud auth application-default login'] as const),
  ],
  [
    ...([
      'a URL that nothing vouches for',
      ['arch', '--provider', 'google', '--image', 'https://a/b.img'],
    ] as const),
    ...([{}, 2, '--checksum sha256:HEX'] as const),
  ],
] as const)('%s is refused, and nothing is recorded', async (_title, words, changes, code, said) => {
  const box = await computer()
  const run = await box.run(['images', 'import', ...words], { env: world().env(box, changes) })
  expect([run.code, run.stderr]).toEqual([code, expect.stringContaining(said)])
  expect(await box.files('images')).toEqual([])
})

test('a disk whose checksum is wrong goes nowhere', async () => {
  const box = await computer()
  const env = world().env(box)
  const sums = world().vendor.files.get(`${DISK}.SHA256`) ?? Buffer.of()
  world().vendor.files.set(`${DISK}.SHA256`, Buffer.from(`${'0'.repeat(64)}  Arch.qcow2\n`))
  const run = await box.run(IMPORT, { env })
  world().vendor.files.set(`${DISK}.SHA256`, sums)
  expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('The checksum of http')])
  expect(await recordOf(box)).toMatchObject({ failure: { step: 'fetch', code: 'checksum-mismatch' } })
  expect(await world().objects()).toEqual([])
  await ok(box.run(FORGET, { env }))
  expect(await recordOf(box)).toBeUndefined()
})

test("a file of the user's own is imported as it is, in whatever format", async () => {
  const box = await computer()
  const env = world().env(box)
  const own = join(box.root, 'own.qcow2')
  const disk = makeQcow2(2)
  await writeFile(own, disk)
  const wrong = await box.run([...IMPORT, '--image', own, '--checksum', `sha256:${'1'.repeat(64)}`], { env })
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining(`The checksum of ${own} is wrong`)])
  const digest = `sha256:${sha256(disk)}`
  const named = [...IMPORT, '--image', own, '--checksum', digest]
  await ok(box.run(named, { env }))
  expect(await recordOf(box)).toMatchObject({ state: 'imported', source: own, digest })
  // Somebody who asks for another disk is told that there is one.
  const other = await box.run([...IMPORT, '--image', DISK], { env })
  expect([other.code, other.stderr]).toEqual([2, expect.stringContaining(DISK)])
  await ok(box.run(FORGET, { env }))
})

test('a text is no disk', async () => {
  const box = await computer()
  const env = world().env(box)
  const text = join(box.root, 'error-page.qcow2')
  await writeFile(text, '<html>404</html>')
  const run = await box.run([...IMPORT, '--image', text], { env })
  expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('an unknown disk format')])
  await ok(box.run(FORGET, { env }))
})

test('somebody else who works on the image is waited for, or told of', async () => {
  const box = await computer()
  const env = world().env(box)
  world().vendor.delayMs = 200
  const first = box.start(IMPORT, { env })
  await first.says('[1/4] fetch')
  const second = await box.run([...IMPORT, '--wait-lock', '0'], { env })
  expect([second.code, second.stderr]).toEqual([
    4,
    expect.stringContaining('is working on the image of arch at google'),
  ])
  const third = box.start([...IMPORT, '-o', 'json'], { env })
  await third.says('Waiting for the image google/arch/x86_64')
  world().vendor.delayMs = 0
  expect((await first.done).code).toBe(0)
  expect((await third.done).json()).toMatchObject({ reused: true })
  await ok(box.run(FORGET, { env }))
})
