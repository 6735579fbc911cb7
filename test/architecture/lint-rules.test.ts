import { expect, test } from '@jest/globals'
import { Linter } from 'eslint'
import tseslint from 'typescript-eslint'

// Only the entries that need no types: the named ones.
const config = new URL('../../../eslint.config.js', import.meta.url).href
const { default: entries } = (await import(config)) as { default: Linter.Config[] }
const restrictions: Linter.Config[] = [
  { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } },
  { plugins: { '@typescript-eslint': tseslint.plugin } },
  ...entries.filter(({ name }) => name?.startsWith('distrolab/')),
]

const lint = (path: string, code: string): string[] =>
  new Linter()
    .verify(code, restrictions, { filename: path })
    .map(({ ruleId, message }) => `${ruleId}: ${message}`)

test.each([
  ['backend/a.ts', `import { b } from '../distro-catalog/b.js'`, 'backend/ may import no other room'],
  ['distro-catalog/a.ts', `export * from '../backend/b.js'`, 'distro-catalog/ may import no other room'],
  [
    'stacks/local/a.ts',
    `import type { B } from '../../scripts/b.js'`,
    'stacks/ may import only distro-catalog/',
  ],
  ['local-vm/run.ts', `import { b } from '../scripts/run.js'`, 'local-vm/ may import only'],
  ['local-vm/a.ts', `import { b } from '../backend/lease.js'`, 'local-vm/ may import only'],
  ['stacks/a.ts', `import { b } from '../local-vm/run.js'`, 'stacks/ may import only'],
  ['backend/a.ts', `import { b } from '../local-vm/run.js'`, 'backend/ may import no other room'],
  ['scripts/run.ts', `import { b } from '../test/b.js'`, 'nothing that ships imports test/'],
  ['scripts/a.ts', `const b = await import('../bench/b.js')`, 'nothing that ships imports test/ or bench/'],
  ['backend/a.ts', `type B = import('../stacks/b.js').B`, 'backend/ may import no other room'],
  ['scripts/providers/a.ts', `import { b } from '../lab/b.js'`, 'scripts/providers/ may not import lab/'],
  [
    'scripts/lab/a.ts',
    `const b = await import('../lifecycle/up/b.js')`,
    'scripts/lab/ may not import lifecycle/',
  ],
  ['scripts/machine/a.ts', `import { b } from '../lab/b.js'`, 'scripts/machine/ may not import lab/'],
  ['scripts/engine/a.ts', `type B = import('../commands/b.js').B`, 'scripts/engine/ may not import lab/'],
  ['scripts/a.ts', `import { App } from 'cdktf/lib/app.js'`, 'Only in stacks/** and backend/**'],
  ['scripts/a.ts', `const { App } = await import('cdktf/lib/app.js')`, 'Only in stacks/** and backend/**'],
  ['distro-catalog/a.ts', `import { x } from '@cdktf/provider-aws/lib/x/index.js'`, 'loading cdktf costs'],
  ['stacks/a.ts', `import { App } from 'cdktf'`, 'Import the one file you need'],
  ['backend/a.ts', `import { instance } from '@cdktf/provider-aws'`, 'Import the one file you need'],
  ['stacks/a.ts', `import { App } from 'cdktf/lib/index.js'`, 'Import the one file you need'],
  ['test/a.ts', `import { App } from 'cdktf'`, 'Import the one file you need'],
  ['stacks/a.ts', `import yargs from 'yargs'`, 'Only in scripts/**'],
  ['scripts/machine/a.ts', `import { execa } from 'execa'`, 'Only in scripts/run.ts'],
  ['local-vm/qemu/a.ts', `import { spawn } from 'node:child_process'`, 'Only in scripts/run.ts'],
  ['scripts/env.ts', `import { execa } from 'execa'`, 'Only in scripts/run.ts'],
  ['scripts/a.ts', `import { env } from 'node:process'`, 'Use the global'],
  ['scripts/a.ts', 'const home = process.env.HOME', 'Only in scripts/env.ts'],
  ['backend/a.ts', 'const { env } = process', 'Only in scripts/env.ts'],
  ['local-vm/main.ts', 'const home = process.env.HOME', 'Only in scripts/env.ts'],
  ['scripts/main.ts', 'process.exit(1)', 'Only in scripts/cli.ts'],
  ['stacks/app.ts', 'process.exitCode = 1', 'Only in scripts/cli.ts'],
  ['scripts/cli.ts', `process.chdir('/')`, 'Only in local-vm/main.ts'],
  ['scripts/run.ts', `process.kill(1, 'SIGTERM')`, 'Only in backend/send-signal.ts'],
  ['scripts/cli.ts', `console.log('x')`, 'Results go to stdout'],
  ['stacks/local/stack.ts', 'const now = new Date()', 'Stacks take values'],
  ['stacks/app.ts', `await fetch('http://x')`, 'Stacks take values'],
  ['backend/a.ts', 'export default 1', 'Export by name'],
  ['stacks/a.ts', 'export const a = { ...{ b: 1, c: 2 }, d: 3 }', 'One property a line'],
  ['test/a.ts', 'export const a = { ...{ b: 1, c: 2 }, d: 3 }', 'One property a line'],
  ['backend/a.ts', 'export const a = (b: any) => b', 'Unexpected any'],
  ['backend/a.ts', 'export const a = (b?: string) => b!', 'Forbidden non-null assertion'],
  ['backend/a.ts', '// x\n'.repeat(251), 'soft/max-lines'],
  ['scripts/a.ts', `export function f() {\n${'f()\n'.repeat(44)}}`, 'max-lines-per-function'],
])('in %s: %s', (path, code, expected) => {
  expect(lint(path, code)).toEqual([expect.stringContaining(expected)])
})

test('a file of more than 400 lines is an error, beside the warning', () => {
  const rules = lint('backend/a.ts', '// x\n'.repeat(401)).map((line) => line.split(':')[0])
  expect(rules).toEqual(expect.arrayContaining(['soft/max-lines', 'max-lines']))
})

test.each([
  ['scripts/run.ts', `import { execa } from 'execa'`],
  ['local-vm/run.ts', `import { spawn } from 'node:child_process'`],
  ['scripts/main.ts', `import yargs from 'yargs'`],
  ['scripts/env.ts', 'const home = process.env.HOME'],
  ['local-vm/env.ts', 'const home = process.env.HOME'],
  ['scripts/cli.ts', 'process.exitCode = 1'],
  ['local-vm/main.ts', `process.chdir('/')\nprocess.exitCode = 1`],
  ['local-vm/image/a.ts', `const now = new Date()\nawait fetch('http://x')`],
  ['stacks/aws/a.ts', `import { x } from '@cdktf/provider-aws/lib/x/index.js'`],
  [
    'stacks/aws/a.ts',
    `import { x } from '../../backend/x.js'\nimport { y } from '../../distro-catalog/y.js'`,
  ],
  ['scripts/up.ts', `import { x } from '../stacks/x.js'\nimport { y } from '../local-vm/y.js'`],
  ['local-vm/image/a.ts', `import { x } from '../../backend/guard.js'`],
  ['stacks/local/a.ts', `import type { X } from '../../local-vm/protocol.js'`],
  ['scripts/a.ts', 'export const a = { ...b, ...(c ? { d: 1 } : {}) }'],
  [
    'bench/up.ts',
    `import { execa } from 'execa'\nimport { x } from '../scripts/x.js'\nconsole.log(process.env)`,
  ],
  ['test/up.test.ts', `import { spawn } from 'node:child_process'\nimport { x } from '../scripts/x.js'`],
])('allowed in %s: %s', (path, code) => {
  expect(lint(path, code)).toEqual([])
})
