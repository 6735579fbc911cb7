import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findGo, GO_MINIMUM } from './go.js'
import type { Recipe } from './make.js'
import type { programs, TestProgram } from './programs.js'
import { tool } from './tool.js'

export const recipes: Readonly<Record<keyof typeof programs, Recipe>> = {
  moto: makeMoto,
  versitygw: (folder, program, say) =>
    goBuild(folder, program, say, { module: 'github.com/versity/versitygw', package: 'cmd/versitygw' }),
  fakeGcs: (folder, program, say) =>
    goBuild(folder, program, say, { module: 'github.com/fsouza/fake-gcs-server', package: '' }),
  tofu: (folder, program, say) =>
    goBuild(folder, program, say, {
      module: 'github.com/opentofu/opentofu',
      package: 'cmd/tofu',
      // The replacement in OpenTofu's own go.mod, which `go install module@version` refuses to honour.
      replace:
        'github.com/hashicorp/hcl/v2 v2.20.1 => github.com/opentofu/hcl/v2 v2.20.2-0.20251021132045-587d123c2828',
      // As its releases are linked (.goreleaser.yml); otherwise it calls itself 1.12.6-dev.
      linkerFlags: '-X github.com/opentofu/opentofu/version.dev=no',
    }),
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

interface GoSource {
  readonly module: string
  readonly package: string
  readonly replace?: string
  readonly linkerFlags?: string
}

async function goBuild(
  folder: string,
  program: TestProgram,
  say: (text: string) => void,
  source: GoSource,
): Promise<void> {
  const go = await findGo(say)
  const lines = [
    'module distrolab.test/obtained',
    // Without it the module graph is not pruned, and holds versions that no proxy has.
    `go ${GO_MINIMUM}`,
    `require ${source.module} v${program.version}`,
    ...(source.replace === undefined ? [] : [`replace ${source.replace}`]),
  ]
  await writeFile(join(folder, 'go.mod'), `${lines.join('\n')}\n`)
  const target = [source.module, source.package].filter((part) => part !== '').join('/')
  const options = {
    missing: `Go is gone: ${go}`,
    failed: `${target} could not be built from the Go module proxy`,
    cwd: folder,
  }
  const flags = [
    '-mod=mod',
    '-trimpath',
    '-buildvcs=false',
    `-ldflags=-s -w ${source.linkerFlags ?? ''}`.trim(),
  ]
  await tool(go, ['build', ...flags, '-o', join(folder, program.binary), target], options)
}
