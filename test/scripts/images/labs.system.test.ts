import { expect, jest, test } from '@jest/globals'
import type { LabRecord } from '../../../backend/record-schema.js'
import '../../support/cli/support.js'
import { ok, recordOf, useImports } from '../../support/images/import-lab.js'

jest.setTimeout(300_000)

const { world, computer } = useImports(2)
const FORGET = ['images', 'forget', 'arch', '--provider', 'google'] as const
const UP = [
  ...['up', 'web', '--profile', 'arch-google', '--region', 'europe-west1', '--wait', 'none'],
  ...['--allow-from', '203.0.113.7/32'],
]

test('a new lab is made from what was imported, which then can not be forgotten', async () => {
  const box = await computer()
  const env = world().env(box)
  const pinned = async (): Promise<LabRecord['image']> =>
    (await ok(box.run(['status', 'web', '-o', 'json'], { env }))).json<LabRecord>().image

  const missing = await box.run(UP, { env })
  expect([missing.code, missing.stderr]).toEqual([
    1,
    expect.stringContaining('distrolab images import arch --provider google'),
  ])
  expect(await pinned()).toBeNull()
  await ok(box.run(['images', 'import', 'arch', '--provider', 'google'], { env }))

  // The stand-in of the engine makes no machines; which image they would get is on record before.
  const up = await box.run(UP, { env })
  expect(up.stderr).toContain("Using the team's imported image")
  const id = (await recordOf(box))?.id
  expect(id).toMatch(/^projects\/lab-project\/global\/images\/distrolab-/)
  expect(await pinned()).toMatchObject({ id })

  const refused = await box.run(FORGET, { env })
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/cannot be reset[^]*\n {2}web\n/)])
  expect(world().google.images.size).toBe(1)
  await ok(box.run(['down', 'web'], { env }))
  await ok(box.run(FORGET, { env }))
  expect(world().google.images.size).toBe(0)
})

test('an image of another project is not taken for gone', async () => {
  const box = await computer()
  await ok(box.run(['images', 'import', 'arch', '--provider', 'google'], { env: world().env(box) }))
  const elsewhere = await box.run(FORGET, { env: world().env(box, { GOOGLE_PROJECT: 'mine' }) })
  expect([elsewhere.code, elsewhere.stderr]).toEqual([
    7,
    expect.stringContaining('The image of arch is in the google account lab-project'),
  ])
  expect(elsewhere.stderr).toContain('export GOOGLE_PROJECT=lab-project')
  expect((await recordOf(box))?.state).toBe('imported')
  expect(world().google.images.size).toBe(1)
})
