import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { identifyProcess } from '../../../backend/process-identity.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { LAB } from '../../support/labs/stages.js'
import '../../support/cli/support.js'

const makeSandbox = useSandboxes()
const stateFile = ({ home }: Sandbox): string => join(home, 'labs', LAB, 'tofu.tfstate')

interface State {
  readonly resources: readonly {
    readonly name: string
    readonly instances: readonly { readonly attributes: Record<string, unknown> }[]
  }[]
}
const readState = async (box: Sandbox): Promise<State> =>
  JSON.parse(await readFile(stateFile(box), 'utf8')) as State

async function refused(box: Sandbox, ...args: readonly string[]): Promise<string> {
  const run = await box.run([...args, '-o', 'json'])
  const { error } = run.json<{ readonly error: { readonly code: string; readonly message: string } }>()
  expect([run.code, error.code]).toEqual([1, 'state-refused'])
  return error.message
}

describe("a state that names a stranger's provider, which OpenTofu would find", () => {
  const SOURCE = 'example.com/other/cloud'
  const ran = ({ root }: Sandbox): string => join(root, 'ran')

  async function forged(box: Sandbox): Promise<void> {
    const binary = join(
      ...[box.root, 'user/.terraform.d/plugins', SOURCE, '1.0.0'],
      `linux_${process.arch === 'arm64' ? 'arm64' : 'amd64'}/terraform-provider-cloud_v1.0.0`,
    )
    await mkdir(dirname(binary), { recursive: true })
    await writeFile(binary, `#!/bin/sh\ntouch '${ran(box)}'\n`)
    await chmod(binary, 0o755)
    const thing = {
      mode: 'managed',
      type: 'other_thing',
      name: 'x',
      provider: `provider["${SOURCE}"]`,
      instances: [{ schema_version: 0, attributes: { id: '1' } }],
    }
    const state = await readState(box)
    await writeFile(stateFile(box), JSON.stringify({ ...state, resources: [...state.resources, thing] }))
  }

  test('is refused before OpenTofu starts, by every command that would start it', async () => {
    const box = await makeSandbox()
    const machine = await box.up('--profile', LAB)
    // Otherwise `up` would only connect to it again.
    await box.kill(machine.pid)
    await forged(box)
    const before = await box.engineCalls()
    // Neither a folder that is initialised already nor one that is not lets it through.
    for (const verb of ['plan', 'up', 'down']) {
      await box.forgetWork()
      expect(await refused(box, verb, LAB)).toContain(SOURCE)
    }
    expect(await box.engineCalls()).toEqual(before)
    expect(existsSync(ran(box))).toBe(false)
  })

  test('leaves a way to remove the lab: what recover says', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    await forged(box)
    await refused(box, 'down', LAB)
    const told = await box.ok('recover', LAB)
    expect(told.stdout).toContain(SOURCE)
    expect(told.stdout).toContain(`mv ${stateFile(box)} /tmp/${LAB}-tofu.tfstate`)
    await rm(stateFile(box))
    await box.ok('down', LAB)
    expect(await box.traces()).toEqual([])
    expect(existsSync(ran(box))).toBe(false)
  })
})

test('a state can not have the driver remove another folder', async () => {
  const box = await makeSandbox()
  await box.up('--profile', LAB)
  const treasure = join(box.root, 'treasure')
  await mkdir(treasure)
  await writeFile(join(treasure, 'file'), 'dear')
  const state = await readState(box)
  const text = JSON.stringify(state).replaceAll(
    JSON.stringify(join(box.home, 'machines')).slice(1, -1),
    JSON.stringify(join(box.root, 'treasure')).slice(1, -1),
  )
  const forged = JSON.parse(text) as State
  for (const { name, instances } of forged.resources) {
    const [only] = instances
    if (name !== 'main' || only === undefined) continue
    only.attributes['input'] = {
      value: { id: 'distrolab-x', directory: treasure },
      type: ['object', { id: 'string', directory: 'string' }],
    }
  }
  await writeFile(stateFile(box), JSON.stringify(forged))
  // The machine is made again, and so the one that the state names is destroyed first.
  await box.ok('swap', LAB, 'debian-12')
  expect(await readFile(join(treasure, 'file'), 'utf8')).toBe('dear')
  expect(await box.state(LAB)).toBe('ready')
})

test('a record can not have another process interrupted, or waited for', async () => {
  const box = await makeSandbox()
  await box.up('--profile', LAB)
  const other = spawn('sleep', ['600'], { stdio: 'ignore' })
  try {
    const identity = identifyProcess(other.pid ?? -1)
    await box.editRecord(LAB, { engine: { ...identity, startedAt: '2026-11-21T10:00:00.000Z' } })
    const told = await box.ok('recover', LAB, '-o', 'json')
    expect(told.json<{ engine: { pid: number | null } }>().engine.pid).toBeNull()
    await box.ok('down', LAB)
    expect([other.exitCode, other.signalCode]).toEqual([null, null])
  } finally {
    other.kill('SIGKILL')
    await once(other, 'exit')
  }
})

test('a link in the place of the state, or of the work folder, is refused by name', async () => {
  const box = await makeSandbox()
  await box.up('--profile', LAB)
  const outside = join(box.root, 'outside')
  await writeFile(outside, '{}')
  await rm(stateFile(box))
  await symlink(outside, stateFile(box))
  const run = await box.run(['down', LAB, '-o', 'json'])
  expect([run.code, run.json()]).toMatchObject([1, { error: { code: 'file-refused' } }])
  expect(run.stderr + run.stdout).toContain(stateFile(box))
  await rm(stateFile(box))
  await box.forgetWork()
  await mkdir(join(box.root, 'elsewhere'))
  await symlink(join(box.root, 'elsewhere'), join(box.cache, 'work'))
  const second = await box.run(['down', LAB, '-o', 'json'])
  expect([second.code, second.json()]).toMatchObject([1, { error: { code: 'file-refused' } }])
  await rm(join(box.cache, 'work'))
  await box.ok('down', LAB)
})
