import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { fork } from 'node:child_process'
import { once, getEventListeners } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { livenessOf, type ProcessIdentity } from '../../../backend/process-identity.js'
import type { EngineEvent } from '../../../scripts/engine/stream.js'
import { initialise, type EngineRun } from '../../../scripts/engine/engine-run.js'
import { apply, destroy } from '../../../scripts/engine/tofu.js'
import { shellProgram } from '../../support/cli/executables.js'
import { errorOf, faultOf, readOptional, temporaryFolder, until } from '../../support/cli/support.js'
import { ENGINE } from '../../support/engine/real-engine.js'

let root: string
let controller: AbortController
let events: EngineEvent[]
const statePath = (): string => join(root, 'state/tofu.tfstate')

beforeEach(() => {
  root = temporaryFolder()
  controller = new AbortController()
  events = []
})
/** Whatever a test left running may end. */
afterEach(() => writeFile(join(root, 'go'), ''))

/** Two resources as a lab has them; the second one's provisioner runs `script` in `root`. */
async function configuration(name: string, script: string): Promise<string> {
  const folder = join(root, name)
  await mkdir(folder)
  const provisioner = [{ 'local-exec': { command: script, working_dir: root } }]
  const config = {
    terraform: { backend: { local: { path: statePath() } } },
    resource: { terraform_data: { main: { input: 'x' }, 'main-boot': { input: name, provisioner } } },
  }
  await writeFile(join(folder, 'cdk.tf.json'), JSON.stringify(config))
  return folder
}

function engineRun(folder: string, changes: Partial<EngineRun> = {}): EngineRun {
  return {
    engine: ENGINE,
    folder,
    unset: [],
    signal: controller.signal,
    onStarted: async () => undefined,
    onEvent: (event) => events.push(event),
    ...changes,
  }
}

async function initialised(name: string, script: string): Promise<string> {
  const folder = await configuration(name, script)
  await initialise(engineRun(folder))
  return folder
}

interface State {
  readonly resources: readonly { readonly name: string; readonly instances: readonly { status?: string }[] }[]
}

const statuses = async (): Promise<Record<string, string>> => {
  const state = JSON.parse(await readFile(statePath(), 'utf8')) as State
  return Object.fromEntries(
    state.resources.map(({ name, instances }) => [name, instances[0]?.status ?? 'whole']),
  )
}
const lockIsLeft = (): boolean => existsSync(join(root, 'state/.tofu.tfstate.lock.info'))
const exists = (name: string) => (): boolean => existsSync(join(root, name))
const WAIT_FOR_GO = 'echo started; touch started; while [ ! -e go ]; do sleep 0.05; done; touch finished'

describe('a real engine', () => {
  test('applies, replaces and destroys, and every line of it becomes an event', async () => {
    const folder = await initialised('lab', 'echo made >> made')
    const started: ProcessIdentity[] = []
    await apply(engineRun(folder, { onStarted: async (engine) => void started.push(engine) }))
    expect(started).toHaveLength(1)
    expect(started[0]?.startTime).not.toBe('')
    expect(events).toContainEqual({
      type: 'resource',
      address: 'terraform_data.main-boot',
      action: 'create',
      phase: 'complete',
    })
    await apply(engineRun(folder))
    expect(await readOptional(join(root, 'made'))).toBe('made\n')
    await apply(engineRun(folder), ['terraform_data.main-boot'])
    expect(await readOptional(join(root, 'made'))).toBe('made\nmade\n')
    expect(await statuses()).toEqual({ main: 'whole', 'main-boot': 'whole' })
    await destroy(engineRun(folder))
    expect(await statuses()).toEqual({})
    expect(lockIsLeft()).toBe(false)
  })

  test('a failing provisioner is a fault with its output', async () => {
    const folder = await initialised('lab', 'echo no such disk; exit 3')
    const fault = await faultOf(apply(engineRun(folder)))
    if (fault.code !== 'engine-failed') throw new Error(fault.code)
    expect(fault.problems.join('\n')).toContain('no such disk')
    expect(events).toContainEqual({
      type: 'provisioner',
      address: 'terraform_data.main-boot',
      line: 'no such disk',
    })
  })

  test('a configuration that is no JSON is a fault of init', async () => {
    const folder = await configuration('lab', 'true')
    await writeFile(join(folder, 'cdk.tf.json'), '{"resource":')
    const fault = await faultOf(initialise(engineRun(folder)))
    if (fault.code !== 'engine-failed') throw new Error(fault.code)
    expect(fault.operation).toBe('init')
    expect(fault.problems.join('\n')).toContain('Unclosed object')
  })

  test("somebody's TF_CLI_ARGS do not reach it", async () => {
    const folder = await configuration('lab', 'true')
    process.env['TF_CLI_ARGS'] = '-no-such-flag'
    try {
      expect((await faultOf(initialise(engineRun(folder)))).code).toBe('engine-failed')
      await initialise(engineRun(folder, { unset: ['TF_CLI_ARGS'] }))
    } finally {
      delete process.env['TF_CLI_ARGS']
    }
  })
})

describe('an interrupt', () => {
  test('is one SIGINT: the engine stops in order, writes its state and gives its lock back', async () => {
    const folder = await initialised('lab', 'touch started; exec sleep 600')
    let engine: ProcessIdentity | undefined
    const running = errorOf(
      apply(engineRun(folder, { onStarted: async (started) => void (engine = started) })),
    )
    await until(exists('started'), 'the provisioner')
    const reason = new Error('Ctrl-C')
    controller.abort(reason)
    expect(await running).toBe(reason)
    if (engine === undefined) throw new Error('never started')
    expect(livenessOf(engine)).toBe('dead')
    // A second one would make it exit at once, without its state and with its lock.
    expect(events.filter(({ type }) => type === 'interrupted')).toHaveLength(1)
    expect(await statuses()).toEqual({ main: 'whole', 'main-boot': 'tainted' })
    expect(lockIsLeft()).toBe(false)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    // What it printed may hold secrets.
    expect(existsSync(join(folder, 'engine-apply.log'))).toBe(false)
    expect(existsSync(join(folder, 'engine-apply.err'))).toBe(false)
  })

  test('is one signal however long the engine takes, and nothing else hurries it', async () => {
    const engine = shellProgram(
      join(root, 'bin/tofu'),
      [
        "trap 'echo INT >> signals' INT; trap 'echo TERM >> signals' TERM; trap 'echo HUP >> signals' HUP",
        'touch started; while [ ! -e go ]; do sleep 0.05; done; touch finished',
      ].join('\n'),
    )
    let settled = false
    const running = errorOf(apply(engineRun(root, { engine }))).finally(() => (settled = true))
    await until(exists('started'), 'the engine')
    controller.abort(new Error('Ctrl-C'))
    await until(exists('signals'), 'the signal')
    // Longer than execa's own forced kill (5 s) would take.
    await new Promise((resolve) => setTimeout(resolve, 6_000))
    expect(settled).toBe(false)
    await writeFile(join(root, 'go'), '')
    await running
    expect(await readOptional(join(root, 'signals'))).toBe('INT\n')
    expect(exists('finished')()).toBe(true)
  })

  test('before the start starts nothing', async () => {
    const folder = await configuration('lab', 'true')
    controller.abort(new Error('Ctrl-C'))
    await errorOf(apply(engineRun(folder)))
    expect(existsSync(join(folder, 'engine-apply.log'))).toBe(false)
  })

  test('while its process is being recorded reaches it too', async () => {
    const folder = await initialised('lab', 'touch started; exec sleep 600')
    const onStarted = async (): Promise<void> => {
      await until(exists('started'), 'the provisioner')
      controller.abort(new Error('Ctrl-C'))
    }
    await errorOf(apply(engineRun(folder, { onStarted })))
    expect(await statuses()).toEqual({ main: 'whole', 'main-boot': 'tainted' })
  })
})

test('an engine whose reader was killed with -9 finishes its work and writes its state', async () => {
  const noise =
    'i=0; while [ $i -lt 3000 ]; do echo "a line of output that would fill any pipe $i"; i=$((i+1)); done'
  const folder = await initialised('lab', `${WAIT_FOR_GO}; ${noise}; touch all-said`)
  const worker = fork(fileURLToPath(new URL('../../support/engine/engine-worker.js', import.meta.url)), [
    ENGINE,
    folder,
  ])
  await until(exists('started'), 'the provisioner')
  const identity = await until(() => readOptional(join(folder, 'engine.json')), 'the identity')
  const engine = JSON.parse(identity) as ProcessIdentity
  const ended = once(worker, 'exit')
  worker.kill('SIGKILL')
  expect((await ended)[1]).toBe('SIGKILL')
  expect(livenessOf(engine)).toBe('alive')
  await writeFile(join(root, 'go'), '')
  await until(() => livenessOf(engine) === 'dead', 'the end of the engine')
  expect(exists('all-said')()).toBe(true)
  expect(await statuses()).toEqual({ main: 'whole', 'main-boot': 'whole' })
  expect(lockIsLeft()).toBe(false)
  expect(await readFile(join(folder, 'engine-apply.log'), 'utf8')).toContain('Apply complete!')
})

test("a second engine at the same time waits for the first one's state lock", async () => {
  const first = await initialised('first', WAIT_FOR_GO)
  const second = await initialised('second', 'test -e finished && touch after-the-first')
  const firstEnds = apply(engineRun(first))
  await until(exists('started'), 'the first provisioner')
  const secondEnds = apply(engineRun(second), ['terraform_data.main-boot'])
  const log = join(second, 'engine-apply.log')
  await until(async () => (await readOptional(log))?.includes('Acquiring state lock'), 'the second to wait')
  expect(exists('after-the-first')()).toBe(false)
  await writeFile(join(root, 'go'), '')
  await firstEnds
  await secondEnds
  expect(exists('after-the-first')()).toBe(true)
  expect(await statuses()).toEqual({ main: 'whole', 'main-boot': 'whole' })
})
