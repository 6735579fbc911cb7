import { mkdirSync } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { parse, stringify } from 'yaml'
import type { Answer } from '../../../scripts/refresh/question.js'
import { no } from '../../stand-in/azure-answer.js'
import { NEWEST, PUBLISHED } from '../../stand-in/azure-images.js'
import { TestAzure } from '../../stand-in/azure.js'
import { GoogleCloud } from '../../stand-in/google/google-cloud.js'
import { useCloud } from '../../stand-in/use-cloud.js'
import { sourcePath, temporaryFolder } from '../../support/cli/support.js'
import { answersOf, runRefresh } from '../../support/refresh/program.js'

const google = await useCloud(GoogleCloud.start())
const azure = await useCloud(TestAzure.start())
const root = temporaryFolder()
const [home, catalog] = [join(root, 'home'), join(root, 'catalog')] as const
for (const folder of [home, catalog]) mkdirSync(folder)
const DISTROS = ['debian-13', 'fedora-44', 'arch'] as const

/** What is shipped, at the two clouds alone. */
async function put(name: (typeof DISTROS)[number], change: (text: string) => string): Promise<void> {
  const shipped = parse(await readFile(sourcePath(`distro-catalog/distros/${name}.yaml`), 'utf8')) as {
    readonly providers: Readonly<Record<string, unknown>>
  }
  const { azure: atAzure, google: atGoogle } = shipped.providers
  const ours = stringify({ ...shipped, providers: { azure: atAzure, google: atGoogle } })
  await writeFile(join(catalog, `${name}.yaml`), change(ours))
}

beforeEach(async () => {
  for (const name of DISTROS) await put(name, (text) => text)
})

/** Every file, and when it was written. */
async function files(): Promise<string[]> {
  const entries = await readdir(root, { recursive: true })
  return Promise.all(entries.map(async (name) => `${name} ${(await stat(join(root, name))).mtimeMs}`))
}

interface Asked {
  readonly code: number
  readonly answers: Record<string, Answer>
  readonly changed: boolean
}

async function ask(env: Readonly<Record<string, string>>): Promise<Asked> {
  const before = await files()
  const run = await runRefresh(home, env, [...DISTROS, '--catalog', catalog, '-o', 'json'])
  const name = (row: { distro: string; provider: string; architecture: string }): string =>
    `${row.distro} ${row.provider} ${row.architecture}`
  const changed = (await files()).join() !== before.join()
  return { code: run.code, answers: answersOf(run, name), changed }
}

const both = { ...google.env, ...azure.env }
const imported: Answer = { outcome: 'not-asked', reason: 'each backend imports its own' }
const found = (newest: string, date: string | null): Answer => ({ outcome: 'found', newest, date })
const fedora = '/communityGalleries/Fedora-5e266ba4-2250-406d-adad-5d73860d958f/images/Fedora-Cloud-44'
const V1 = '2026-11-01T03:00:00.000Z'

describe('of Google and Azure', () => {
  test('the newest is told with its date, where there is one, and nothing is written', async () => {
    google.publish('projects/debian-cloud/global/images/family/debian-13')
    expect(await ask(both)).toEqual({
      code: 0,
      changed: false,
      answers: {
        'debian-13 google x86_64': found('debian-13-v2', '2026-11-08T18:00:00.000Z'),
        'debian-13 google arm64': found('debian-13-arm64-v1', V1),
        'debian-13 azure x86_64': found(`Debian:debian-13:13-gen2:${NEWEST}`, null),
        'debian-13 azure arm64': found(`Debian:debian-13:13-arm64:${NEWEST}`, null),
        'fedora-44 google x86_64': found('fedora-cloud-44-x86-64-v1', V1),
        'fedora-44 azure x86_64': found(`${fedora}-x64/versions/${NEWEST}`, PUBLISHED),
        'fedora-44 azure arm64': found(`${fedora}-Arm64/versions/${NEWEST}`, PUBLISHED),
        'arch google x86_64': imported,
        'arch azure x86_64': imported,
      },
    })
    const { stdout } = await runRefresh(home, both, ['fedora-44', '--catalog', catalog])
    expect(stdout).toMatch(/^fedora-44 +google +x86_64 +fedora-cloud-44-x86-64-v1 +2026-11-01$/m)
    expect(stdout).toContain('3 found, 0 nothing found, 0 not asked.')
  })

  test('a family, a sku and a gallery that they do not have are nothing, and make it fail', async () => {
    await put('debian-13', (text) =>
      text.replace('family: debian-13\n        sec', 'family: gone\n        sec').replace('13-gen2', 'gone'),
    )
    await put('fedora-44', (text) => text.replace('Fedora-Cloud-44-x64', 'gone'))
    const { code, answers, changed } = await ask(both)
    expect([code, changed]).toEqual([1, false])
    expect(answers).toMatchObject({
      'debian-13 google x86_64': {
        outcome: 'nothing',
        reason: 'no image of the family gone of debian-cloud',
      },
      'debian-13 google arm64': { outcome: 'found' },
      'debian-13 azure x86_64': { outcome: 'nothing', reason: 'no Debian:debian-13:gone in westeurope' },
      'debian-13 azure arm64': { outcome: 'found' },
      'fedora-44 azure x86_64': {
        outcome: 'nothing',
        reason: expect.stringMatching(/^no Fedora-.*:gone in/),
      },
    })
  })

  test('one is asked about a region that has the image', async () => {
    const except =
      (...regions: string[]) =>
      (text: string): string =>
        text.replace('    cloudInit: true\n', `    cloudInit: true\n    exceptRegions: [${regions.join()}]\n`)
    await put('debian-13', except('westeurope'))
    await put('fedora-44', except('westeurope', 'eastus'))
    const { answers } = await ask(both)
    expect(answers).toMatchObject({
      'debian-13 azure x86_64': { outcome: 'nothing', reason: 'no Debian:debian-13:13-gen2 in eastus' },
      'fedora-44 azure x86_64': {
        outcome: 'not-asked',
        reason: 'no region that every account has offers it',
      },
    })
  })

  test('who refuses, or is gone, in the middle was not asked about that; the others are told', async () => {
    google.refuse('compute.images.getFromFamily', 403, "Required 'x' permission for 'debian-13'", 'forbidden')
    azure.disturb(({ path }) => {
      if (path.includes('/communityGalleries/')) throw new Error('the connection ends')
      return path.includes('/13-gen2/') ? no(403, 'AuthorizationFailed', 'No right to read.') : undefined
    })
    const { code, answers } = await ask(both)
    expect(code).toBe(0)
    expect(answers).toMatchObject({
      'debian-13 google x86_64': { outcome: 'not-asked', reason: expect.stringContaining("Required 'x'") },
      'debian-13 azure x86_64': {
        outcome: 'not-asked',
        reason: expect.stringContaining('No right to read.'),
      },
      'debian-13 azure arm64': { outcome: 'found' },
      'fedora-44 azure x86_64': {
        outcome: 'not-asked',
        reason: expect.stringContaining('cannot be reached'),
      },
    })
  })
})

const { GOOGLE_OAUTH_ACCESS_TOKEN: _token, ...withoutToken } = both
const { ARM_CLIENT_SECRET: _secret, ...withoutSecret } = withoutToken

test.each([
  ['no credentials', {}, 'none of GOOGLE_OAUTH_ACCESS_TOKEN', 'ARM_CLIENT_SECRET are not all set'],
  [
    'credentials in files that are not there',
    {
      ...withoutSecret,
      GOOGLE_APPLICATION_CREDENTIALS: '/nobody/key',
      ARM_CLIENT_SECRET_FILE_PATH: '/nobody/key',
    },
    'GOOGLE_APPLICATION_CREDENTIALS names cannot be read',
    'ARM_CLIENT_SECRET_FILE_PATH names cannot be read',
  ],
  [
    'no project and no subscription',
    { ...both, GOOGLE_PROJECT: '', ARM_SUBSCRIPTION_ID: '' },
    'no project to use them in',
    'no subscription to use them in',
  ],
  [
    'credentials that are not taken',
    { ...both, GOOGLE_OAUTH_ACCESS_TOKEN: 'of-yesterday', ARM_CLIENT_SECRET: 'of-yesterday' },
    'invalid authentication credentials',
    'AADSTS7000215',
  ],
  [
    'clouds out of reach',
    {
      ...both,
      GOOGLE_COMPUTE_CUSTOM_ENDPOINT: 'http://127.0.0.1:9/compute/v1/',
      ARM_METADATA_HOSTNAME: '127.0.0.1:9',
    },
    'connect ECONNREFUSED 127.0.0.1:9',
    'connect ECONNREFUSED 127.0.0.1:9',
  ],
])('with %s nobody is asked, and it is said why', async (_what, env, atGoogle, atAzure) => {
  const { code, answers, changed } = await ask(env)
  expect([code, changed]).toEqual([0, false])
  for (const [row, answer] of Object.entries(answers)) {
    const reason = expect.stringContaining(row.includes('google') ? atGoogle : atAzure)
    expect([row, answer]).toEqual([row, { outcome: 'not-asked', reason }])
  }
  expect(JSON.stringify(answers)).not.toMatch(/of-yesterday|secret-of-tests|token-of-tests/)
})
