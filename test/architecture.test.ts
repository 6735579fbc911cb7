import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as checks from './support/architecture/checks.js'
import { importCycles } from './support/architecture/cycles.js'
import { readSources, type Source } from './support/architecture/source.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
let product: Source[]
beforeAll(async () => {
  product = await readSources(root, checks.productRooms)
})

/** One file that breaks the rule, and one as near to it as the rule allows. */
interface Sample {
  readonly title: string
  readonly check: checks.Check
  readonly bad: readonly Source[]
  readonly good: readonly Source[]
}

const file = (path: string, text = ''): Source => ({ path, text })

const rules: Sample[] = [
  {
    title: 'the rooms import in one direction',
    check: checks.roomDirection,
    bad: [
      file('backend/a.ts', `import { b } from '../distro-catalog/b.js'`),
      file('distro-catalog/a.ts', `import type { B } from '../backend/b.js'`),
      file('stacks/local/a.ts', `export * from '../../scripts/b.js'`),
      file('stacks/a.ts', `const b = await import('../bench/b.js')`),
      file('scripts/a.ts', `type B = import('../test/b.js').B`),
      file('local-vm/a.ts', `import { b } from '../backend/lease.js'`),
      file('stacks/b.ts', `import { b } from '../local-vm/run.js'`),
    ],
    good: [
      file(
        'stacks/local/a.ts',
        `import { b } from '../../backend/b.js'\nimport { c } from '../scripts/c.js'`,
      ),
      file('scripts/a.ts', `import { b } from '../stacks/b.js'`),
    ],
  },
  {
    title: 'the rooms of scripts/ import in one direction',
    check: checks.scriptsRoomDirection,
    bad: [
      file('scripts/providers/a.ts', `import { reach } from '../lab/reach.js'`),
      file('scripts/providers/local/a.ts', `import type { Up } from '../../lifecycle/up/up.js'`),
      file('scripts/lab/a.ts', `const { up } = await import('../lifecycle/up/up.js')`),
      file('scripts/machine/a.ts', `import { reach } from '../lab/reach.js'`),
      file('scripts/engine/a.ts', `import { up } from '../commands/up.js'`),
    ],
    good: [
      file('scripts/lab/a.ts', `import { providerOf } from '../providers/registry.js'`),
      file('scripts/lifecycle/up/up.ts', `import { gate } from '../../lab/gate.js'`),
      file('scripts/report/a.ts', `import type { Up } from '../lifecycle/up/up.js'`),
    ],
  },
  {
    title: 'cdktf is imported in stacks/ and backend/ only, by deep path',
    check: checks.deepCdktfImports,
    bad: [
      file('stacks/a.ts', `import { App } from 'cdktf'`),
      file('stacks/b.ts', `import { instance } from '@cdktf/provider-aws'`),
      file('backend/a.ts', `import { S3Backend } from 'cdktf/lib/index.js'`),
      file('scripts/a.ts', `import type { App } from 'cdktf/lib/app.js'`),
    ],
    good: [
      file('stacks/a.ts', `import { App } from 'cdktf/lib/app.js'`),
      file('backend/a.ts', `import { Instance } from '@cdktf/provider-aws/lib/instance/index.js'`),
    ],
  },
  {
    title: 'programs are started in run.ts alone, yargs stays in scripts/',
    check: checks.modulesInTheirPlace,
    bad: [
      file('scripts/machine/a.ts', `import { execa } from 'execa'`),
      file('backend/a.ts', `import { spawn } from 'node:child_process'`),
      file('stacks/a.ts', `import yargs from 'yargs'`),
      file('scripts/b.ts', `import { env } from 'node:process'`),
    ],
    good: [
      file('scripts/run.ts', `import { execa } from 'execa'`),
      file('local-vm/run.ts', `import { spawn } from 'node:child_process'`),
      file('scripts/main.ts', `import { hideBin } from 'yargs/helpers'`),
    ],
  },
  {
    title: 'TypeBox is imported by definitions only',
    check: checks.typeboxInDefinitions,
    bad: [
      file('backend/validate.ts', `import type { Static } from '@sinclair/typebox'`),
      file('local-vm/a.ts', `import { Value } from '@sinclair/typebox/value'`),
      file('scripts/a.ts', `const { Type } = await import('@sinclair/typebox')`),
    ],
    good: [
      file('backend/lease-schema.ts', `import { Type } from '@sinclair/typebox'`),
      file('distro-catalog/field.ts', `import { Type } from '@sinclair/typebox'`),
      file('backend/schema.ts', `import type { TSchema } from '@sinclair/typebox'`),
    ],
  },
  {
    title: 'definitions are imported as types, but by one another and where they are published',
    check: checks.definitionsAreNotLoaded,
    bad: [
      file('backend/a.ts', `import { leaseSchema } from './lease-schema.js'`),
      file('backend/b.ts', `import { type LeaseDocument } from './lease-schema.js'`),
      file('scripts/a.ts', `import { cloudProviderSchema } from '../distro-catalog/provider.js'`),
      file('stacks/a.ts', `export { VERBS } from '../local-vm/protocol.js'`),
      file('scripts/b.ts', `const { published } = await import('../distro-catalog/schema.js')`),
    ],
    good: [
      file('backend/a.ts', `import type { LeaseDocument } from './lease-schema.js'`),
      file('backend/lease-schema.ts', `import { holderSchema } from './record-schema.js'`),
      file('backend/schema.ts', `import { leaseSchema } from './lease-schema.js'`),
      file('scripts/publish-schemas.ts', `import { publishedSchemas } from '../backend/schema.js'`),
    ],
  },
  {
    title: 'environment, exit code, working directory and other processes are touched in one file each',
    check: checks.processInItsPlace,
    bad: [
      file('scripts/a.ts', 'const home = process.env.HOME'),
      file('backend/a.ts', 'const { env } = process'),
      file('scripts/main.ts', 'process.exitCode = 1'),
      file('stacks/a.ts', `process['exit'](1)`),
      file('scripts/cli.ts', `globalThis.process.chdir('/')`),
      file('scripts/run.ts', `process.kill(-pid, 'SIGTERM')`),
    ],
    good: [
      file('scripts/env.ts', 'const home = process.env.HOME'),
      file('scripts/cli.ts', 'process.exitCode = 1'),
      file('local-vm/main.ts', `process.chdir('/')`),
      file('scripts/a.ts', 'const here = process.cwd()'),
    ],
  },
  {
    title: 'nothing is written with console',
    check: checks.noConsole,
    bad: [file('scripts/cli.ts', `console.error('no')`)],
    good: [
      file('scripts/cli.ts', `process.stdout.write('a console')`),
      file('scripts/explain.ts', `const tail = (console: string) => console.split('.')`),
    ],
  },
  {
    title: 'what the command line says goes out by one door',
    check: checks.oneDoorOut,
    bad: [
      file('scripts/main.ts', `process.stderr.write(message)`),
      file('scripts/commands/up.ts', `process.stdout.write(text)`),
    ],
    good: [
      file('scripts/report/output.ts', `process.stdout.write(text)`),
      file('scripts/main.ts', `writeText(process.stdout, text)`),
    ],
  },
  {
    title: 'no type is any',
    check: checks.noAny,
    bad: [
      file('backend/a.ts', 'const a = JSON.parse(text) as any'),
      file('backend/b.ts', 'type B = Record<string, any>'),
    ],
    good: [file('backend/a.ts', 'const a: unknown = JSON.parse("any") // any')],
  },
  {
    title: 'there is no index.ts',
    check: checks.noIndexFiles,
    bad: [file('stacks/local/index.ts')],
    good: [file('stacks/local/card-index.ts')],
  },
  {
    title: 'file names are in kebab-case',
    check: checks.kebabCaseNames,
    bad: [
      file('backend/labWriter.ts'),
      file('backend/lab_writer.ts'),
      file('backend/Lab.ts'),
      file('Backend/lab.ts'),
    ],
    good: [file('backend/lab-writer.ts'), file('backend/s3.ts')],
  },
  {
    title: 'no file is longer than 400 lines',
    check: checks.fileLength,
    bad: [file('backend/a.ts', '\n'.repeat(401))],
    good: [file('backend/a.ts', '\n'.repeat(400))],
  },
  {
    title: 'no file loads itself through others',
    check: importCycles,
    bad: [
      file('backend/a.ts', `import { b } from './b.js'`),
      file('backend/b.ts', `const c = await import('./c.js')`),
      file('backend/c.ts', `export { a } from './a.js'`),
    ],
    good: [
      file('backend/a.ts', `import { b } from './b.js'`),
      file('backend/b.ts', `import type { A } from './a.js'`),
    ],
  },
]

test('every room is read', () => {
  const rooms = new Set(product.map(({ path }) => path.split('/')[0]))
  expect([...rooms].sort()).toEqual([...checks.productRooms].sort())
})

describe.each(rules)('$title', ({ check, bad, good }) => {
  test('in the product', () => expect(check(product)).toEqual([]))

  test('the check finds each breach', () => {
    if (check === importCycles) {
      expect(check(bad)).toEqual(['backend/a.ts -> backend/b.ts -> backend/c.ts -> backend/a.ts'])
    } else {
      for (const sample of bad) expect(check([sample])).toEqual([expect.stringContaining(sample.path)])
    }
  })

  test('the check lets pass what is allowed', () => expect(check(good)).toEqual([]))
})
