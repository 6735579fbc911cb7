import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { run } from '../../scripts/run.js'
import type { ProviderMirror } from './aws-provider.js'
import { findGo } from './go.js'
import { makeOnce, type Recipe } from './make.js'
import { isObtained, obtained, type TestProgram } from './programs.js'
import { toolFailure } from './tool.js'

/** OpenTofu's providers for Google and Azure from the Go module proxy: a commit of their main branch. */
export const cloudProviders = {
  google: {
    name: 'providers/google',
    version: '1.20.1-0.20260828184646-f3721fb45fa3',
    binary: 'mirror.tfrc',
    usually: '15 min',
    mayLack: true,
  },
  azurerm: {
    name: 'providers/azurerm',
    version: '1.44.1-0.20260824201233-fae580791926',
    binary: 'mirror.tfrc',
    usually: '25 min',
    mayLack: true,
  },
} as const satisfies Record<string, TestProgram>

/** Their versions in the mirror; the built commit has no version of its own. */
const VERSION = '99.0.0'
/** Where OpenTofu looks for `hashicorp/google`. */
const HOST = 'registry.opentofu.org'
const PLATFORM = `linux_${process.arch === 'x64' ? 'amd64' : process.arch}`

const recipeOf =
  (provider: keyof typeof cloudProviders): Recipe =>
  async (folder, { version, binary }, say) => {
    const program = `terraform-provider-${provider}`
    const go = await findGo(say)
    const module = `github.com/hashicorp/${program}@v${version}`
    const env = { GOBIN: folder, GOFLAGS: undefined, GOWORK: 'off', CGO_ENABLED: '0' }
    try {
      await run(go, ['install', '-buildvcs=false', '-ldflags=-s -w', module], { cwd: folder, env })
    } catch (error) {
      throw toolFailure(error, { missing: `Go is gone: ${go}`, failed: `${module} could not be built` })
    }
    const mirror = join(folder, 'mirror')
    const place = join(mirror, HOST, 'hashicorp', provider, VERSION, PLATFORM)
    await mkdir(place, { recursive: true })
    await rename(join(folder, program), join(place, `${program}_v${VERSION}`))
    await writeFile(
      join(folder, binary),
      `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
    )
  }

/** Undefined if it was not built: the tests that need it are skipped (`describeWith`). */
export async function cloudProvider(name: keyof typeof cloudProviders): Promise<ProviderMirror | undefined> {
  const program = cloudProviders[name]
  if (await isObtained(program)) return { version: VERSION, configFile: await obtained(program) }
  return undefined
}

/**
 * `npm run obtain:providers -- google`; without a name all of them. Building each takes 4 GB of memory and
 * disk.
 */
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const say = (text: string): void => void process.stderr.write(`${text}\n`)
  const known = Object.keys(cloudProviders) as (keyof typeof cloudProviders)[]
  const asked = known.filter((name) => process.argv.length < 3 || process.argv.includes(name))
  for (const name of asked) {
    await makeOnce(cloudProviders[name], recipeOf(name), say).catch((error: unknown) => {
      say(error instanceof Error ? error.message : String(error))
      process.exitCode = 1
    })
  }
}
