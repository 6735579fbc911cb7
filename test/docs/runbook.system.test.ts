import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, jest, test } from '@jest/globals'
import { CLI } from '../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../stand-in/sandbox.js'
import { LAB, STAGES, upTo, type Stage } from '../support/labs/stages.js'
import { readBlocks, runbookNames } from '../support/docs/runbook.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()
const runFile = promisify(execFile)

/** How the trouble of a runbook comes about, and what its reader is promised. */
interface Scenario {
  readonly what: string
  /** The blocks that are about it, counted among those that run here; all of them unless named. */
  readonly blocks?: readonly number[]
  readonly trouble: (box: Sandbox) => Promise<void>
  readonly promise: (box: Sandbox) => Promise<void>
}

const labFile = (box: Sandbox, name: string): string => join(box.home, 'labs', LAB, name)

async function killAt(box: Sandbox, name: Stage['name']): Promise<void> {
  const { cli, release } = await upTo(box, STAGES.find((stage) => stage.name === name) as Stage)
  cli.signal('SIGKILL')
  await cli.done
  await release()
}

const healthy = async (box: Sandbox): Promise<void> => void (await box.ok('up', '--profile', LAB))

async function isReady(box: Sandbox): Promise<void> {
  expect(await box.state(LAB)).toBe('ready')
  expect((await box.ok('exec', LAB, '--', 'echo', 'works')).stdout).toBe('works\n')
  expect(box.machines()).toHaveLength(1)
}

async function isGone(box: Sandbox): Promise<void> {
  expect(await box.state(LAB)).toBe('destroyed')
  expect(await box.traces()).toEqual([])
}

const scenarios: Readonly<Record<string, readonly Scenario[]>> = {
  'destroy-by-hand': [{ what: 'a lab', trouble: healthy, promise: isGone }],
  'stuck-state': [
    { what: 'an up that was killed', trouble: (box) => killAt(box, 'apply'), promise: isGone },
    { what: 'the same, mended', blocks: [0, 1], trouble: (box) => killAt(box, 'apply'), promise: isReady },
  ],
  'stale-lease': [
    {
      what: 'a holder that hangs',
      blocks: [0, 1, 2],
      async trouble(box) {
        const { cli, release } = await upTo(box, STAGES.find(({ name }) => name === 'wait-ssh') as Stage)
        cli.signal('SIGSTOP')
        await release()
      },
      promise: isReady,
    },
    {
      what: 'garbage',
      blocks: [3],
      async trouble(box) {
        await healthy(box)
        await box.ok('exec', LAB, '--', 'true')
        await writeFile(labFile(box, 'lease.json'), 'garbage')
      },
      promise: isReady,
    },
  ],
  'engine-lock': [
    {
      what: 'the note of a process that is gone',
      async trouble(box) {
        await killAt(box, 'apply')
        for (const { pid } of box.processes()) await box.kill(pid)
        const lock = {
          ID: 'a-b',
          Operation: 'OperationTypeApply',
          Who: 'a@b',
          Created: '2026-11-21T10:00:00Z',
        }
        await writeFile(labFile(box, '.tofu.tfstate.lock.info'), JSON.stringify(lock))
      },
      promise: isReady,
    },
  ],
  'dropped-network': [
    {
      what: 'a wait for SSH that was cut short',
      trouble: (box) => killAt(box, 'wait-ssh'),
      promise: isReady,
    },
  ],
  'lost-work-folder': [
    { what: 'a lab', blocks: [0], trouble: healthy, promise: isReady },
    {
      what: 'keys that are gone',
      async trouble(box) {
        await healthy(box)
        await rm(join(box.home, 'keys'), { recursive: true })
      },
      blocks: [1, 2],
      promise: isGone,
    },
  ],
  'corrupted-record': [
    {
      what: 'a record that is garbage',
      blocks: [0, 1, 2],
      async trouble(box) {
        await healthy(box)
        await writeFile(labFile(box, 'record.json'), '{"state":')
      },
      promise: isReady,
    },
    {
      what: "OpenTofu's state that is garbage",
      blocks: [3],
      async trouble(box) {
        await killAt(box, 'wait-ssh')
        await writeFile(labFile(box, 'tofu.tfstate'), '{"version":')
      },
      async promise(box) {
        await isReady(box)
        await box.ok('down', LAB)
        await isGone(box)
      },
    },
  ],
  'refused-state': [
    {
      what: 'a state that names a provider of a stranger',
      async trouble(box) {
        await healthy(box)
        const file = labFile(box, 'tofu.tfstate')
        const state = JSON.parse(await readFile(file, 'utf8')) as { readonly resources: readonly object[] }
        const thing = {
          mode: 'managed',
          type: 'x',
          name: 'x',
          provider: 'provider["example.com/other/cloud"]',
          instances: [],
        }
        const forged = { ...state, resources: [...state.resources, thing] }
        await writeFile(file, JSON.stringify(forged, null, 2))
      },
      promise: isGone,
    },
  ],
  // Their trouble needs a cloud; their commands are those of every lab.
  'expired-credentials': [{ what: 'a lab', trouble: healthy, promise: isGone }],
  'exhausted-quota': [{ what: 'a lab', trouble: healthy, promise: isReady }],
  'not-ours': [{ what: 'a lab', trouble: healthy, promise: isReady }],
}

test('every runbook is tried', () => {
  expect(Object.keys(scenarios).sort()).toEqual(runbookNames().sort())
})

describe.each(Object.entries(scenarios))('%s, typed as it is written', (name, cases) => {
  test.each(cases)('gives what it promises: $what', async ({ blocks, trouble, promise }) => {
    const box = await makeSandbox()
    const env = await asTheReaderHasIt(box)
    await trouble(box)
    const here = (await readBlocks(name)).filter(({ needs }) => needs === 'nothing')
    for (const [index, { commands }] of here.entries()) {
      if (blocks === undefined || blocks.includes(index)) await type(box, commands, env)
    }
    await promise(box)
  })
})

test.each(runbookNames())('%s has no block for which there is no scenario', async (name) => {
  const here = (await readBlocks(name)).filter(({ needs }) => needs === 'nothing')
  const tried = new Set(
    scenarios[name]?.flatMap(({ blocks }) => blocks ?? here.map((_block, index) => index)),
  )
  expect([...tried].sort()).toEqual(here.map((_block, index) => index))
})

/** `distrolab` and `tofu` on PATH, and state and cache where they are by default. */
async function asTheReaderHasIt(box: Sandbox): Promise<NodeJS.ProcessEnv> {
  const bin = join(box.root, 'bin')
  await writeFile(join(bin, 'distrolab'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`)
  await chmod(join(bin, 'distrolab'), 0o755)
  const user = join(box.root, 'user')
  for (const [place, target] of [
    ['.local/state', box.home],
    ['.cache', box.cache],
  ] as const) {
    await mkdir(join(user, place), { recursive: true })
    await mkdir(target, { recursive: true })
    await symlink(target, join(user, place, 'distrolab'))
  }
  await mkdir(join(box.root, 'tmp'))
  return { ...box.env, PATH: `${bin}:${dirname(process.execPath)}:${box.env['PATH'] ?? ''}` }
}

/** The reader puts the lab's name for LAB; what a runbook puts into /tmp stays in the sandbox. */
async function type(box: Sandbox, commands: string, env: NodeJS.ProcessEnv): Promise<void> {
  const typed = commands.replaceAll(/\b(LAB|PROFILE)\b/g, LAB).replaceAll('/tmp/', `${box.root}/tmp/`)
  await runFile('sh', ['-e', '-c', typed], { env, cwd: box.root }).catch((error: unknown) => {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`typed:\n${typed}\n${stdout ?? ''}\n${stderr ?? ''}`, { cause: error })
  })
}
