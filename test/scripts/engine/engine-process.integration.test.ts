import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { currentProcess, identifyProcess, type ProcessIdentity } from '../../../backend/process-identity.js'
import { isEngineAtWork } from '../../../scripts/engine/engine-process.js'
import { shellProgram } from '../../support/cli/executables.js'
import { temporaryFolder } from '../../support/cli/support.js'

let root: string
let folder: string
const children: ChildProcess[] = []
beforeEach(async () => {
  root = temporaryFolder()
  folder = join(root, 'work/demo')
  await mkdir(folder, { recursive: true })
})
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
})

async function running(args: readonly string[], cwd = folder): Promise<ProcessIdentity> {
  const program = shellProgram(join(root, 'tofu'), 'echo up; read line')
  const child = spawn(program, args, { cwd, stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  await once(child.stdout, 'data')
  const identity = identifyProcess(child.pid ?? -1)
  if (identity === undefined) throw new Error('it runs')
  return identity
}

const APPLY = ['apply', '-json', '-input=false', '-auto-approve']

test('an engine at work in the folder is one, by whatever name the folder is known', async () => {
  const engine = await running(APPLY)
  expect(await isEngineAtWork(engine, folder)).toBe(true)
  await symlink(join(root, 'work'), join(root, 'link'))
  expect(await isEngineAtWork(engine, join(root, 'link/demo'))).toBe(true)
})

test('so is one whose folder was deleted, or that puts back a state below it', async () => {
  const engine = await running(APPLY)
  await rm(folder, { recursive: true })
  expect(await isEngineAtWork(engine, folder)).toBe(true)
  await mkdir(join(folder, 'recover'), { recursive: true })
  const other = await running(['state', 'push', '-no-color'], join(folder, 'recover'))
  expect(await isEngineAtWork(other, folder)).toBe(true)
})

test('another process is none, though a record names it rightly', async () => {
  expect(await isEngineAtWork(currentProcess(), process.cwd())).toBe(false)
  expect(await isEngineAtWork(await running([]), folder)).toBe(false)
  expect(await isEngineAtWork(await running(['-c', 'apply']), folder)).toBe(false)
})

test("an engine of another lab, or the user's own, is none", async () => {
  const other = join(root, 'work/demo-2')
  await mkdir(other)
  expect(await isEngineAtWork(await running(APPLY, other), folder)).toBe(false)
  expect(await isEngineAtWork(await running(APPLY, root), folder)).toBe(false)
})

test('one of another boot or start is none', async () => {
  const engine = await running(APPLY)
  expect(await isEngineAtWork({ ...engine, boot: 'other' }, folder)).toBe(false)
  expect(await isEngineAtWork({ ...engine, startTime: '1' }, folder)).toBe(false)
  expect(await isEngineAtWork({ ...engine, startTime: '' }, folder)).toBe(false)
})
