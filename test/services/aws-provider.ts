import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { isObtained, obtained, programFolder, programs } from './programs.js'
import { tool } from './tool.js'

/** OpenTofu's provider for AWS, in a folder that OpenTofu accepts as a mirror of the registry. */
export interface ProviderMirror {
  readonly version: string
  /** For TF_CLI_CONFIG_FILE. */
  readonly configFile: string
}

/** OpenTofu's name of this computer's platform. */
const PLATFORM = `linux_${process.arch === 'x64' ? 'amd64' : process.arch}`
const HOSTS = ['registry.opentofu.org', 'registry.terraform.io'] as const

/**
 * Where people put providers by hand
 * (https://opentofu.org/docs/cli/config/config-file/#implied-local-mirror-directories), and /opt.
 */
const PLACES = [
  ...[join(homedir(), '.terraform.d/plugins'), join(homedir(), '.local/share/opentofu/plugins')],
  ...[
    '/usr/local/share/opentofu/plugins',
    '/usr/local/share/terraform/plugins',
    '/usr/share/terraform/plugins',
  ],
  '/opt',
]

/**
 * The recipe: a provider that is on this computer, else the one that the stacks are made for, from the
 * registry. OpenTofu accepts only real folders in a mirror; the program in them may be a link.
 */
export async function makeAwsProvider(folder: string): Promise<void> {
  const mirror = join(folder, 'mirror')
  const found = await findProvider()
  if (found === undefined) {
    await loadProvider(folder, mirror)
  } else {
    for (const host of HOSTS) {
      const place = join(mirror, host, 'hashicorp/aws', found.version, PLATFORM)
      await mkdir(place, { recursive: true })
      for (const name of await readdir(found.folder))
        await symlink(join(found.folder, name), join(place, name))
    }
  }
  await writeFile(
    join(folder, programs.awsProvider.binary),
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  )
}

async function findProvider(): Promise<{ readonly version: string; readonly folder: string } | undefined> {
  const below = async (place: string): Promise<string[]> =>
    (await readdir(place, { withFileTypes: true }).catch(() => []))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(place, name))
  const roots = [...PLACES, ...(await below('/opt'))]
  for (const root of roots) {
    for (const host of HOSTS) {
      for (const version of await below(join(root, host, 'hashicorp/aws'))) {
        const folder = join(version, PLATFORM)
        const names = await readdir(folder).catch(() => [])
        if (names.some((name) => name.startsWith('terraform-provider-aws')))
          return { version: version.split('/').at(-1) ?? '', folder }
      }
    }
  }
  return undefined
}

/** 150 MB. Throws if the registry cannot be reached. */
async function loadProvider(folder: string, mirror: string): Promise<void> {
  const { version } = programs.awsProvider
  const required = { aws: { source: 'hashicorp/aws', version } }
  await writeFile(
    join(folder, 'main.tf.json'),
    JSON.stringify({ terraform: { required_providers: [required] } }),
  )
  await tool(await obtained(programs.tofu), ['providers', 'mirror', `-platform=${PLATFORM}`, mirror], {
    cwd: folder,
    missing: 'OpenTofu is gone',
    failed:
      "OpenTofu's provider for AWS is neither on this computer (a mirror folder below /opt or ~/.terraform.d/plugins) nor to be had from registry.opentofu.org",
  })
}

/** Undefined if it was not available: the tests that need it are skipped (`describeWith`). */
export async function awsProvider(): Promise<ProviderMirror | undefined> {
  if (!(await isObtained(programs.awsProvider))) return undefined
  const configFile = await obtained(programs.awsProvider)
  const mirror = join(programFolder(programs.awsProvider), 'mirror')
  const [entry = ''] = await readdir(join(mirror, HOSTS[0], 'hashicorp/aws'))
  // An unpacked mirror has a folder for each version, a packed one has files named by version.
  const version = /\d+\.\d+\.\d+/.exec(entry)?.[0] ?? programs.awsProvider.version
  return { version, configFile }
}
