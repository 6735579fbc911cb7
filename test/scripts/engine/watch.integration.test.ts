import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { identifyProcess } from '../../../backend/process-identity.js'
import { initialise, type EngineRun } from '../../../scripts/engine/engine-run.js'
import { apply } from '../../../scripts/engine/tofu.js'
import { shellProgram } from '../../support/cli/executables.js'
import { errorOf, faultOf, temporaryFolder, until } from '../../support/cli/support.js'
import { ENGINE } from '../../support/engine/real-engine.js'

const NEVER = 600_000
let root: string
let started: number[]
beforeEach(() => {
  root = temporaryFolder()
  started = []
})
/** Whatever a test left running may end. */
afterEach(() => writeFile(join(root, 'go'), ''))

const engineRun = (changes: Partial<EngineRun>): EngineRun => ({
  engine: ENGINE,
  folder: root,
  unset: [],
  signal: new AbortController().signal,
  onStarted: async ({ pid }) => void started.push(pid),
  ...changes,
})

/** Counts the interrupts it gets, and ends by them only where it is told to. */
const silentEngine = (onInterrupt: 'exit 130' | ':'): string =>
  shellProgram(
    join(root, 'bin/tofu'),
    `trap 'echo INT >>"${root}/interrupts"; ${onInterrupt}' INT
touch "${root}/started"
while [ ! -e "${root}/go" ]; do sleep 0.05; done`,
  )
const interrupts = async (): Promise<string> => readFile(join(root, 'interrupts'), 'utf8')

describe('an engine that passes a limit', () => {
  test('in all, with a provisioner that hangs, is stopped in order: its state is whole and its lock is free', async () => {
    const folder = join(root, 'lab')
    await mkdir(folder)
    const provisioner = [{ 'local-exec': { command: `touch ${root}/started; exec sleep 600` } }]
    const config = { resource: { terraform_data: { main: { provisioner } } } }
    await writeFile(join(folder, 'cdk.tf.json'), JSON.stringify(config))
    await initialise(engineRun({ folder }))
    const limits = { quietMs: NEVER, totalMs: 2_000, graceMs: NEVER }
    expect(await faultOf(apply(engineRun({ folder, limits })))).toEqual({
      code: 'engine-timeout',
      operation: 'apply',
      passed: 'total',
      seconds: 2,
      pid: null,
    })
    expect(existsSync(join(root, 'started'))).toBe(true)
    const state = await readFile(join(folder, 'terraform.tfstate'), 'utf8')
    expect(state).toContain('"status": "tainted"')
    expect(existsSync(join(folder, '.terraform.tfstate.lock.info'))).toBe(false)
  })

  test('without a word of it gets one interrupt', async () => {
    const limits = { quietMs: 300, totalMs: NEVER, graceMs: NEVER }
    const fault = await faultOf(apply(engineRun({ engine: silentEngine('exit 130'), limits })))
    expect(fault).toMatchObject({ code: 'engine-timeout', passed: 'quiet', pid: null })
    expect(await interrupts()).toBe('INT\n')
  })

  test('and does not end by the interrupt is left running, and named', async () => {
    const limits = { quietMs: NEVER, totalMs: 300, graceMs: 300 }
    const fault = await faultOf(apply(engineRun({ engine: silentEngine(':'), limits })))
    const [pid = 0] = started
    expect(fault).toMatchObject({ code: 'engine-timeout', passed: 'total', pid })
    expect(identifyProcess(pid)).toBeDefined()
    expect(await interrupts()).toBe('INT\n')
    await writeFile(join(root, 'go'), '')
    await until(() => identifyProcess(pid) === undefined, 'its end')
  })

  test('after a Ctrl-C gets no second one, and is waited for', async () => {
    const controller = new AbortController()
    const limits = { quietMs: NEVER, totalMs: 1_000, graceMs: 100 }
    const { signal } = controller
    const running = errorOf(apply(engineRun({ engine: silentEngine(':'), limits, signal })))
    await until(() => existsSync(join(root, 'started')), 'its start')
    const reason = new Error('Ctrl-C')
    controller.abort(reason)
    await until(() => existsSync(join(root, 'interrupts')), 'the interrupt')
    await new Promise((resolve) => setTimeout(resolve, 1_300))
    await writeFile(join(root, 'go'), '')
    expect(await running).toBe(reason)
    expect(await interrupts()).toBe('INT\n')
  })
})
