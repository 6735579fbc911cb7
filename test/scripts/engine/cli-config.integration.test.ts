import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { placeCliConfig } from '../../../scripts/engine/cli-config.js'
import { readEnvironment } from '../../../scripts/env.js'
import { engineProviders } from '../../../stacks/registry.js'
import { errorOf, readOptional, temporaryFolder } from '../../support/cli/support.js'
import { ENGINE } from '../../support/engine/real-engine.js'

const runFile = promisify(execFile)
const { aws, local } = engineProviders
const EVIL = 'example.com/other/cloud'

let root: string
let folder: string
beforeEach(async () => {
  root = temporaryFolder()
  folder = join(root, 'work')
  await mkdir(folder)
})

const variables = (more: Record<string, string> = {}): Record<string, string> => ({
  HOME: join(root, 'user'),
  XDG_DATA_DIRS: join(root, 'share'),
  ...more,
})
const place = (provider = aws, more: Record<string, string> = {}): Promise<string | undefined> =>
  placeCliConfig(readEnvironment(variables(more)), folder, provider)

/** A provider where OpenTofu finds it by itself; it notes when it is run. */
async function installed(source: string, version: string): Promise<void> {
  const type = source.split('/').at(-1) ?? ''
  const binary = join(
    ...[root, 'user/.terraform.d/plugins', source, version],
    `linux_${process.arch === 'arm64' ? 'arm64' : 'amd64'}/terraform-provider-${type}_v${version}`,
  )
  await mkdir(dirname(binary), { recursive: true })
  await writeFile(binary, `#!/bin/sh\ntouch '${join(root, 'ran')}'\n`)
  await chmod(binary, 0o755)
}

/** `tofu init` in a folder whose state names the provider, with this configuration file. */
async function init(source: string, cliConfig: string | undefined): Promise<unknown> {
  const state = join(root, 'tofu.tfstate')
  const named = { mode: 'managed', type: 'x', name: 'x', provider: `provider["${source}"]`, instances: [] }
  await writeFile(
    state,
    JSON.stringify({ version: 4, terraform_version: '1.6.2', serial: 1, lineage: 'x', resources: [named] }),
  )
  await writeFile(
    join(folder, 'cdk.tf.json'),
    JSON.stringify({ terraform: { backend: { local: { path: state } } } }),
  )
  const env = { ...variables(), ...(cliConfig === undefined ? {} : { TF_CLI_CONFIG_FILE: cliConfig }) }
  return runFile(ENGINE, ['init', '-input=false', '-no-color'], { cwd: folder, env })
}

describe('where the user has no configuration of OpenTofu', () => {
  test('no other provider than that of the lab can be loaded, whatever the state names', async () => {
    await installed(EVIL, '1.0.0')
    expect(await init(EVIL, undefined)).toMatchObject({ stdout: expect.stringContaining('Installed') })
    const error = await errorOf(init(EVIL, await place()))
    expect(error).toMatchObject({ stderr: expect.stringContaining(EVIL) })
    expect(await errorOf(init(EVIL, await place(local)))).toMatchObject({
      stderr: expect.stringContaining(EVIL),
    })
  })

  test('that of the lab is still found where OpenTofu looks by itself', async () => {
    await installed(aws.source, '6.25.0')
    expect(await init(aws.source, await place())).toMatchObject({
      stdout: expect.stringContaining('Installed hashicorp/aws v6.25.0'),
    })
  })

  test('it comes from its registry where it is in none of those folders', async () => {
    expect(await readOptional((await place()) ?? '')).toBe(
      `provider_installation {\n  direct {\n    include = ["${aws.source}"]\n  }\n}\n`,
    )
  })
})

describe('a configuration of the user', () => {
  test.each([
    ['in the home folder', 'user/.tofurc', {}],
    ['under its old name', 'user/.terraformrc', {}],
    ['in the folder of settings', 'user/.terraform.d/mirror.tfrc', {}],
    ['with credentials', 'user/.terraform.d/credentials.tfrc.json', {}],
    ['in the XDG folder', 'config/opentofu/tofurc', { XDG_CONFIG_HOME: 'config' }],
    ['that a variable names', 'own.rc', { TF_CLI_CONFIG_FILE: 'own.rc' }],
    ['that the old variable names', 'own.rc', { TERRAFORM_CONFIG: 'own.rc' }],
  ])('%s applies as it is, but not to a lab that needs no provider', async (_where, path, names) => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), '')
    const more = Object.fromEntries(Object.entries(names).map(([name, value]) => [name, join(root, value)]))
    expect(await place(aws, more)).toBeUndefined()
    const own = await place(local, more)
    expect(await readFile(own ?? '', 'utf8')).toBe('provider_installation {}\n')
  })

  test('that a variable names and that is not there does not count', async () => {
    expect(await place(aws, { TF_CLI_CONFIG_FILE: join(root, 'nosuch') })).toBeDefined()
  })
})
