import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { loadCatalog } from '../../distro-catalog/load.js'
import { labsOfBucket } from '../../scripts/completion/lab-list.js'
import { findComputerId } from '../../scripts/computer.js'
import { loadConfig } from '../../scripts/config.js'
import type { Context } from '../../scripts/context.js'
import { readCached } from '../../scripts/engine/cached-engine.js'
import { isInitialised } from '../../scripts/engine/initialised.js'
import type { Environment } from '../../scripts/env.js'
import { explain } from '../../scripts/explain.js'
import { checkTeamKeys } from '../../scripts/lab/team-keys.js'
import { findOwnKey } from '../../scripts/machine/own-key.js'
import { identityFromFile, readIdentity } from '../../scripts/machine/key.js'
import { knownHostKeys } from '../../scripts/machine/ssh-config.js'
import { engineFolder, keyFolder, labNamesFile } from '../../scripts/workspace.js'
import { parseBackendUrl, placeId } from '../../backend/location.js'
import { findPanic } from '../../local-vm/machine/console.js'
import { readMeta } from '../../local-vm/machine/disk.js'
import { DriverError } from '../../local-vm/errors.js'
import { readExpiry } from '../../local-vm/machine/expiry.js'
import { machineFiles } from '../../local-vm/files.js'
import { findCached } from '../../local-vm/image/cache.js'
import { assertOwnFolder } from '../../local-vm/machine/own-folder.js'
import { temporaryFolder } from '../support/cli/support.js'

interface OneFile {
  /** Below the temporary folder. */
  readonly place: (root: string) => string
  readonly read: (root: string) => unknown
  /** The code of what is thrown; undefined where it counts as no file. */
  readonly code?: string
}

const spaceIn = (root: string) => ({ home: root, cache: root, backendId: '6445da260a0a' })
const bucket = parseBackendUrl('s3://labs/x?region=eu-west-1')
const machineIn = (root: string) => machineFiles('distrolab-x-web-main', join(root, 'machine'))
const IMAGE = `sha256:${'0'.repeat(64)}`

const inContext = (root: string): Context =>
  ({
    config: { values: { authorizedKeys: [join(root, 'team.pub')] }, files: [], origins: {} },
  }) as unknown as Context

/** Every file of ours and of the user that a command reads. */
const files: Readonly<Record<string, OneFile>> = {
  'distrolab.yaml': {
    place: (root) => join(root, 'distrolab.yaml'),
    read: (root) => loadConfig({ cwd: root, configHome: join(root, 'none') }),
    code: 'config-invalid',
  },
  "the user's configuration": {
    place: (root) => join(root, 'config/config.yaml'),
    read: (root) => loadConfig({ cwd: '/', configHome: join(root, 'config') }),
    code: 'config-invalid',
  },
  'a distro of the user': {
    place: (root) => join(root, 'catalog/mine.yaml'),
    read: (root) => loadCatalog([join(root, 'catalog')]),
    code: 'catalog-invalid',
  },
  'the computer id': {
    place: (root) => join(root, 'computer-id'),
    read: findComputerId,
    code: 'folder-unwritable',
  },
  'the key that --ssh-key names': {
    place: (root) => join(root, 'id'),
    read: (root) => identityFromFile(join(root, 'id'), undefined),
    code: 'key-unreadable',
  },
  "a team's keys": {
    place: (root) => join(root, 'team.pub'),
    read: (root) => checkTeamKeys(inContext(root)),
    code: 'config-invalid',
  },
  "a public key of the user's": {
    place: (root) => join(root, 'ssh/id_ed25519.pub'),
    read: (root) =>
      findOwnKey(spaceIn(root), 'web', ['ssh-ed25519 AAAA'], {
        sshFolder: join(root, 'ssh'),
        agentSocket: undefined,
      }),
  },
  "a lab's identity": {
    place: (root) => join(keyFolder(spaceIn(root), 'web'), 'identity.json'),
    read: (root) => readIdentity(spaceIn(root), 'web'),
    code: 'key-unreadable',
  },
  "a lab's known hosts": {
    place: (root) => join(keyFolder(spaceIn(root), 'web'), 'known_hosts'),
    read: (root) => knownHostKeys(spaceIn(root), 'web', 'web'),
    code: 'file-refused',
  },
  "completion's labs": {
    place: (root) => labNamesFile({ cache: root, placeId: placeId(bucket) }),
    read: (root) => labsOfBucket(root, bucket, Date.now(), async () => undefined),
  },
  'the note beside the cached engine': {
    place: (root) => join(engineFolder({ cache: root }), 'tofu.json'),
    read: (root) => readCached({ cache: root } as Environment),
  },
  'the mark of an initialised work folder': {
    place: (root) => join(root, '.terraform/distrolab-init'),
    read: (root) =>
      isInitialised(root, { version: '1.6.2', path: '', source: 'PATH' } as unknown as Parameters<
        typeof isInitialised
      >[1]),
  },
  "a VM's machine.json": {
    place: (root) => machineIn(root).meta,
    read: (root) => readMeta(machineIn(root)),
    code: 'place-unreadable',
  },
  'the same, where a folder is about to be used': {
    place: (root) => machineIn(root).meta,
    read: (root) => assertOwnFolder('distrolab-x-web-main', machineIn(root)),
    code: 'machine-folder-foreign',
  },
  "a VM's expiry": { place: (root) => machineIn(root).expiry, read: (root) => readExpiry(machineIn(root)) },
  "a VM's console": { place: (root) => machineIn(root).console, read: (root) => findPanic(machineIn(root)) },
  "an image's meta.json": {
    place: (root) => join(root, 'images', IMAGE.replace(':', '-'), 'meta.json'),
    read: (root) => findImage(root, IMAGE),
  },
  'the index of images': {
    place: (root) => join(root, 'images/debian-13-x86_64.json'),
    read: (root) => findImage(root, undefined),
  },
}

const findImage = (root: string, pinned: string | undefined) =>
  findCached({
    cache: root,
    image: { distro: 'debian-13', architecture: 'x86_64' },
    ...(pinned === undefined ? {} : { pinned }),
  } as unknown as Parameters<typeof findCached>[0])

const instead: Readonly<Record<string, (place: string) => void>> = {
  'a pipe': (place) => void execFileSync('mkfifo', [place]),
  'a file of 100 MB': (place) => {
    writeFileSync(place, '')
    truncateSync(place, 100_000_000)
  },
}

const cases = Object.keys(instead).flatMap((what) => Object.keys(files).map((name) => [what, name] as const))

/** A guest's console may grow as it likes: only its end is read. */
const isFine = (what: string, name: string): boolean => what !== 'a pipe' && /console/.test(name)

describe('what lies in the place of a file', () => {
  test.each(cases)('%s for %s is refused within a second, or counts as none', async (what, name) => {
    const { place, read, code } = files[name] as OneFile
    const root = temporaryFolder()
    mkdirSync(dirname(place(root)), { recursive: true })
    instead[what]?.(place(root))
    const began = performance.now()
    const seen = await Promise.race([
      Promise.resolve()
        .then(() => read(root))
        .then(() => undefined, codeOf),
      new Promise((resolve) => setTimeout(resolve, 5_000, 'still waiting').unref()),
    ])
    expect(seen).toBe(isFine(what, name) ? undefined : code)
    expect(performance.now() - began).toBeLessThan(2_000)
  })
})

const codeOf = (error: unknown): string =>
  error instanceof DriverError ? error.fault.code : explain(error).code

const bomb = (): string => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
  for (let n = 1; n < 12; n++)
    lines.push(
      `a${n}: &a${n} [${Array(9)
        .fill(`*a${n - 1}`)
        .join(', ')}]`,
    )
  return lines.join('\n')
}

describe('YAML that was made to have no end', () => {
  test.each([
    ['aliases that multiply', bomb()],
    ['brackets', `a: ${'['.repeat(60_000)}`],
    ['braces', '{'.repeat(60_000)],
    ['dashes', '- '.repeat(30_000)],
    ['question marks', '? '.repeat(30_000)],
  ])('%s: refused in a configuration and in a catalog', async (_what, text) => {
    const root = temporaryFolder()
    mkdirSync(join(root, 'catalog'))
    for (const file of ['distrolab.yaml', 'catalog/mine.yaml']) writeFileSync(join(root, file), text)
    expect(await codeIn(loadConfig({ cwd: root, configHome: join(root, 'none') }))).toBe('config-invalid')
    expect(await codeIn(loadCatalog([join(root, 'catalog')]))).toBe('catalog-invalid')
  })

  test('anchors and aliases of people still work', async () => {
    const root = temporaryFolder()
    writeFileSync(join(root, 'distrolab.yaml'), 'ttl: &ttl 2h\nprofiles: {}\n')
    expect((await loadConfig({ cwd: root, configHome: join(root, 'none') })).values).toMatchObject({
      ttl: '2h',
    })
    expect(readFileSync(join(root, 'distrolab.yaml'), 'utf8')).toContain('&ttl')
  })
})

const codeIn = (action: Promise<unknown>): Promise<unknown> => action.then(() => undefined, codeOf)
