import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildGoProgram, type GoSource } from '../../scripts/engine/go-build.js'
import { engineSource } from '../../scripts/engine/release.js'
import { findGo, GO_MINIMUM } from './go.js'
import { makeAwsProvider } from './aws-provider.js'
import type { Recipe } from './make.js'
import type { programs, TestProgram } from './programs.js'
import { tool, toolFailure } from './tool.js'

export const recipes: Readonly<Record<keyof typeof programs, Recipe>> = {
  moto: makeMoto,
  versitygw: (folder, program, say) =>
    goBuild(folder, program, say, { module: 'github.com/versity/versitygw', package: 'cmd/versitygw' }),
  fakeGcs: (folder, program, say) =>
    goBuild(folder, program, say, { module: 'github.com/fsouza/fake-gcs-server', package: '' }),
  azurite: makeAzurite,
  tofu: (folder, program, say) => goBuild(folder, program, say, engineSource),
  awsProvider: makeAwsProvider,
}

/**
 * In its own folder: as a dependency it would install some 270 packages for everyone who only installs
 * distrolab.
 */
async function makeAzurite(folder: string, { version }: TestProgram): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{ "private": true }')
  const words = ['install', `azurite@${version}`, '--ignore-scripts', '--no-audit', '--no-fund']
  await tool('npm', [...words, '--prefix', folder], {
    missing: 'npm is not on PATH',
    failed: 'npm could not install azurite from the registry',
  })
}

async function makeMoto(folder: string, { version }: TestProgram): Promise<void> {
  const venv = join(folder, 'venv')
  await tool('python3', ['-m', 'venv', venv], {
    missing: 'Python 3.9 or newer is needed: apt-get install python3 python3-venv',
    failed: 'Python cannot make a virtual environment: apt-get install python3-venv',
  })
  await tool(
    join(venv, 'bin/python'),
    ['-m', 'pip', 'install', '--quiet', `moto[server,s3,ec2]==${version}`],
    {
      missing: 'The virtual environment has no Python',
      failed: 'pip could not install moto from PyPI',
    },
  )
}

async function goBuild(
  folder: string,
  program: TestProgram,
  say: (text: string) => void,
  source: Pick<GoSource, 'module' | 'package' | 'replace' | 'linkerFlags'>,
): Promise<void> {
  const go = await findGo(say)
  const output = join(folder, program.binary)
  try {
    await buildGoProgram({ ...source, version: program.version, go: GO_MINIMUM }, { go, folder, output })
  } catch (error) {
    throw toolFailure(error, {
      missing: `Go is gone: ${go}`,
      failed: `${source.module} could not be built from the Go module proxy`,
    })
  }
}
