import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { locationUrl } from '../../../backend/location.js'
import { withPrefix } from '../../services/buckets.js'
import { cloudProvider } from '../../services/cloud-providers.js'
import type { Sandbox } from '../../stand-in/sandbox.js'
import { programs, obtained } from '../../services/programs.js'
import '../../support/cli/support.js'
import { ok, useImports } from '../../support/images/import-lab.js'
import { describeWith } from '../../suite/lacking.js'

// The provider's own program takes seconds to start.
jest.setTimeout(600_000)

const { world, computer } = useImports(2)
const provider = await cloudProvider('google')
const withProvider = describeWith(provider, 'google')
const WORDS = ['arch', '--provider', 'google'] as const

/** The real engine with the real provider; records, state and disk are in one bucket. */
async function realEnvironment(box: Sandbox): Promise<Record<string, string | undefined>> {
  const catalog = join(box.root, 'catalog')
  await box.configure(`catalog: [${catalog}]\nproviderVersions: { google: ${provider?.version} }\n`)
  return {
    ...world().env(box),
    DISTROLAB_BUCKET: undefined,
    DISTROLAB_TOFU: await obtained(programs.tofu),
    TF_CLI_CONFIG_FILE: provider?.configFile,
    DISTROLAB_BACKEND: locationUrl(withPrefix(world().bucket.location, 'team')),
  }
}

withProvider("an image made by OpenTofu's own provider", () => {
  test('is there with all that was asked for, is not made twice, and goes without a trace', async () => {
    const box = await computer()
    const env = await realEnvironment(box)
    const { google } = world()
    const { id } = (await ok(box.run(['images', 'import', ...WORDS, '-o', 'json'], { env }))).json()
    const [image] = [...google.images.values()]
    expect(id).toBe(`projects/lab-project/global/images/${image?.name}`)
    expect(image).toMatchObject({
      family: 'distrolab-arch-x86-64',
      labels: { 'distrolab-image': 'arch-x86_64' },
      rawDisk: {
        source: expect.stringMatching(/^https:\/\/storage\.googleapis\.com\/labs-of-tests\/team\/images\//),
      },
    })
    const again = await ok(box.run(['images', 'import', ...WORDS, '-o', 'json'], { env }))
    expect(again.json()).toMatchObject({ id, reused: true })
    // Its work folder is a cache.
    await box.forgetWork()
    await ok(box.run(['images', 'forget', ...WORDS], { env }))
    expect(google.images.size).toBe(0)
    const left = (await world().objects()).filter((name) => name.includes('disk.tar.gz'))
    expect(left).toEqual([])
    expect((await ok(box.run(['images'], { env }))).stdout).not.toContain('imported by')
  })
})
