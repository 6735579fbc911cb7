import { beforeEach, describe, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { synthesiseLab } from '../../../stacks/app.js'
import { ENGINE } from '../../support/engine/real-engine.js'
import { errorOf, readOptional, temporaryFolder } from '../../support/cli/support.js'
import { labSpec, type LocalChanges } from '../../support/stacks/lab-plan.js'

/** Instead of the VM driver: notes each call, and fails at `create` while there is a file `fail`. */
const RECORDER = `
import { appendFileSync, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
const folder = dirname(process.argv[1])
const [verb, ...words] = process.argv.slice(2)
appendFileSync(join(folder, 'calls.jsonl'), JSON.stringify({ verb, words }) + '\\n')
if (verb === 'create' && existsSync(join(folder, 'fail'))) process.exit(3)
`
let root: string
let folder: string
beforeEach(async () => {
  root = temporaryFolder()
  folder = join(root, 'work')
  await mkdir(folder)
  await writeFile(join(root, 'recorder.mjs'), RECORDER)
})

async function write(changes: LocalChanges = {}, into = folder): Promise<void> {
  const spec = labSpec({
    state: { kind: 'local', path: join(root, 'state/tofu.tfstate') },
    driver: { node: process.execPath, program: join(root, 'recorder.mjs') },
    ...changes,
  })
  await writeFile(join(into, 'cdk.tf.json'), await synthesiseLab(spec))
}

const tofu = async (args: readonly string[], cwd = folder): Promise<string> =>
  (await promisify(execFile)(ENGINE, [...args, '-no-color'], { cwd })).stdout
const apply = (): Promise<string> => tofu(['apply', '-input=false', '-auto-approve'])
const destroy = (cwd?: string): Promise<string> => tofu(['destroy', '-input=false', '-auto-approve'], cwd)

interface Call {
  readonly verb: string
  readonly words: readonly string[]
}
const calls = async (): Promise<Call[]> =>
  ((await readOptional(join(root, 'calls.jsonl'))) ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Call)
const verbs = async (): Promise<string[]> => (await calls()).map(({ verb }) => verb)

describe('plain tofu', () => {
  test('finds the synthesised lab valid', async () => {
    await write()
    await tofu(['init', '-input=false'])
    expect(await tofu(['validate'])).toContain('The configuration is valid.')
  })

  test('makes the VM once, has nothing to do then, and removes it, also from another folder', async () => {
    await write()
    await tofu(['init', '-input=false'])
    await apply()
    expect(await verbs()).toEqual(['create'])
    expect(await tofu(['plan', '-input=false', '-detailed-exitcode'])).toContain('No changes')
    await rm(folder, { recursive: true })
    const other = join(root, 'other')
    await mkdir(other)
    await write({}, other)
    await tofu(['init', '-input=false'], other)
    await destroy(other)
    expect(await verbs()).toEqual(['create', 'destroy'])
  })

  test('removes a VM whose creation failed, which OpenTofu would not do for the resource that failed', async () => {
    await write()
    await tofu(['init', '-input=false'])
    await writeFile(join(root, 'fail'), '')
    await errorOf(apply())
    expect(await verbs()).toEqual(['create'])
    await destroy()
    expect(await verbs()).toEqual(['create', 'destroy'])
  })

  test('forgets a VM that the command removes, and leaves it as it is', async () => {
    await write()
    await tofu(['init', '-input=false'])
    await apply()
    await write({ machines: [] })
    expect(await destroy()).toContain('2 destroyed')
    expect(await verbs()).toEqual(['create'])
  })

  test('starts a VM that is gone again without touching its disk', async () => {
    await write()
    await tofu(['init', '-input=false'])
    await apply()
    await tofu(['apply', '-input=false', '-auto-approve', '-replace=terraform_data.main-boot'])
    expect(await verbs()).toEqual(['create', 'create'])
  })
})

describe('characters that mean something to OpenTofu', () => {
  const ODD = [
    ...['${self.id}', '%{ if true }x%{ endif }', '$${a}', '%%{b}', '$$${c}', '$', '%', '$$', '${', '%{', '}'],
    ...['<&>', '"quoted"', "it's", '\\n', 'ä€😀', '`id`', '$(id)', '\u2028'],
  ]

  test.each(ODD)('%j in a value reaches the driver as it is, at create and at destroy', async (odd) => {
    const directory = `/m/${odd}/main`
    const key = `ssh-ed25519 AAAA ${odd}`
    await write({
      machines: [{ name: 'main', user: 'debian', sshPort: 22_001, directory }],
      authorizedKeys: [key],
    })
    await tofu(['init', '-input=false'])
    await apply()
    await destroy()
    const [created, destroyed] = await calls()
    expect(created?.words).toHaveLength(1)
    const input = JSON.parse(created?.words[0] ?? '') as { directory: string; seed: { userData: string } }
    expect(input.directory).toBe(directory)
    expect(input.seed.userData).toBe(labSpec({ authorizedKeys: [key] }).machines[0]?.vm.seed.userData)
    expect(destroyed?.words).toHaveLength(1)
    expect(JSON.parse(destroyed?.words[0] ?? '')).toEqual({ id: 'distrolab-0a1b2c3d-demo-main', directory })
  })
})

test('the state holds nothing private', async () => {
  await write()
  await tofu(['init', '-input=false'])
  await apply()
  expect(await readFile(join(root, 'state/tofu.tfstate'), 'utf8')).not.toMatch(/PRIVATE KEY|password/i)
})
