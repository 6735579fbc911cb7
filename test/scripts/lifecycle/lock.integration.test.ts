import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import type { LockStatus } from '../../../scripts/lifecycle/lock/lock-status.js'
import { CLI, type CliProcess } from '../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { keys } from '../../stand-in/terminal.js'
import { holdLease, LAB, STAGES, upTo, type Stage } from '../../support/labs/stages.js'

jest.setTimeout(60_000)
const makeSandbox = useSandboxes()
const stageOf = (name: Stage['name']): Stage => STAGES.find((stage) => stage.name === name) as Stage

/** A lab, and an `exec` on it that goes on until told. */
async function inUse(box: Sandbox): Promise<{ exec: CliProcess; end: () => Promise<void> }> {
  await box.up('--profile', LAB)
  const go = join(box.root, 'go')
  const script = `echo begun >&2; while [ ! -e ${go} ]; do sleep 0.05; done`
  const exec = box.start(['exec', LAB, '--', script], {
    env: { CI_JOB_URL: 'https://ci.example.com/runs/7' },
  })
  await exec.says('begun')
  return { exec, end: () => writeFile(go, '') }
}

/** All that is written of the lab; OpenTofu's own files are its engine's. */
async function truth(box: Sandbox): Promise<unknown> {
  const files = (await box.files('labs')).filter((file) => !file.includes('tofu'))
  return Promise.all(files.map(async (file) => [file, await readFile(join(box.home, file), 'utf8')]))
}

describe('lock status', () => {
  test('shows holder, host, CI run, command, phase, age, and what would break the lease', async () => {
    const box = await makeSandbox()
    const { exec, end } = await inUse(box)
    const { stdout } = await box.ok('lock', 'status', LAB)
    expect(stdout).toMatch(new RegExp(`^${LAB}: held by \\S+@\\S+ \\(pid ${exec.pid}\\), alive\n`))
    expect(stdout).toMatch(/\nrunning exec for \d+s \(since [^)]+\): in-use\n/)
    expect(stdout).toContain('\nhttps://ci.example.com/runs/7\n')
    expect(stdout).toContain(`\nTo break it: distrolab lock break ${LAB}\n`)
    const json = (await box.ok('lock', 'status', LAB, '-o', 'json')).json()
    expect(json).toMatchObject({
      held: true,
      takeover: null,
      state: 'in-use',
      step: null,
      holder: {
        pid: exec.pid,
        command: 'exec',
        ciRunUrl: 'https://ci.example.com/runs/7',
        liveness: 'alive',
        heldMs: expect.any(Number),
        silentMs: expect.any(Number),
      },
    })
    await end()
    expect((await exec.done).code).toBe(0)
    expect((await box.ok('lock', 'status', LAB)).stdout).toBe(`${LAB}: free\n`)
  })
})

describe('lock break', () => {
  test('without a terminal needs --yes: it says what it risks, exits 2 and changes nothing', async () => {
    const box = await makeSandbox()
    const { exec, end } = await inUse(box)
    const before = [await box.record(LAB), await box.events(LAB)]
    const refused = await box.run(['lock', 'break', LAB])
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain(`(pid ${exec.pid}), alive\n  running exec for`)
    expect(refused.stderr).toContain('https://ci.example.com/runs/7\n  That command is running.')
    expect(refused.stderr).toContain(`Next:  distrolab lock break ${LAB} --yes`)
    expect([await box.record(LAB), await box.events(LAB)]).toEqual(before)
    await end()
    expect((await exec.done).code).toBe(0)
    expect(await box.state(LAB)).toBe('ready')
  })

  test('a holder that is paused, broken and resumed stops before its next change and writes nothing', async () => {
    const box = await makeSandbox()
    const { cli, release } = await upTo(box, stageOf('apply'))
    cli.signal('SIGSTOP')
    const run = await box.ok('lock', 'break', LAB, '-y')
    expect(run.stdout).toContain(`(pid ${cli.pid}, up) is broken`)
    expect((await box.events(LAB)).at(-1)).toMatchObject({
      kind: 'note',
      command: 'lock break',
      to: 'provisioning',
      fence: 2,
      message: expect.stringMatching(new RegExp(`^broke the lease of \\S+ \\(pid ${cli.pid}\\), up since `)),
    })
    expect((await box.ok('lock', 'status', LAB)).stdout).toBe(`${LAB}: free\n`)
    const before = await truth(box)
    cli.signal('SIGCONT')
    await release()
    const broken = await cli.done
    expect(broken.code).toBe(4)
    expect(broken.stderr).toContain(`The lease of ${LAB} was lost`)
    expect(broken.stderr).not.toContain('] wait-ssh')
    expect(await truth(box)).toEqual(before)
    const next = await box.ok('up', LAB, '-o', 'json')
    expect(next.json()).toMatchObject({ state: 'ready' })
    expect(box.machines()).toHaveLength(1)
  })

  test('stops also what runs under the lease that it breaks', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    const go = join(box.root, 'go')
    const wait = `echo begun >&2; while [ ! -e ${go} ]; do sleep 0.05; done`
    const script = `trap '' TERM; ${wait}; '${process.execPath}' '${CLI}' down ${LAB}; echo "down: $?" >&2`
    const exec = box.start(['exec', LAB, '--local', '--', script])
    await exec.says('begun')
    await box.ok('lock', 'break', LAB, '-y')
    const before = await truth(box)
    await writeFile(go, '')
    const broken = await exec.done
    expect(broken.stderr).toMatch(/DISTROLAB_LEASE: fence: expected 3, got 2[^]*down: 4\n/)
    expect(broken.code).toBe(4)
    expect(await truth(box)).toEqual(before)
    expect(box.machines()).toHaveLength(1)
    await box.ok('exec', LAB, '--', 'true')
  })

  test('of a lease that nobody holds says so; of a dead holder it says that nothing is risked', async () => {
    const box = await makeSandbox()
    const { exec, end } = await inUse(box)
    exec.signal('SIGKILL')
    await exec.done
    await end()
    const dead = await box.run(['lock', 'break', LAB])
    expect(dead.code).toBe(2)
    expect(dead.stderr).toMatch(/\(pid \d+\), dead\n[^]*There is no risk/)
    expect((await box.ok('lock', 'break', LAB, '-y', '-o', 'json')).json()).toMatchObject({ broken: true })
    const events = await box.events(LAB)
    expect((await box.ok('lock', 'break', LAB)).stdout).toBe(`${LAB}: free; there was nothing to break.\n`)
    expect(await box.events(LAB)).toEqual(events)
    expect((await box.run(['lock', 'break', 'nosuch', '-y'])).code).toBe(3)
  })
})

describe('a question at a terminal', () => {
  const question = `Break the lease of ${LAB}? [y/N]`

  test.each([
    ['yes', 'yes\r', 0],
    ['no', 'n\r', 2],
    ['nothing', keys.enter, 2],
    ['the end of input', keys.ctrlD, 2],
    ['Ctrl-C', keys.ctrlC, 130],
  ])('that gets %s for an answer is acted upon', async (_what, typed, code) => {
    const box = await makeSandbox()
    const lease = await holdLease(box)
    const terminal = box.atTerminal('lock', 'break', LAB)
    await terminal.shows(question)
    terminal.type(typed)
    const ended = await terminal.done
    expect([ended.code, ended.screen]).toEqual([code, expect.stringContaining('That command is running.')])
    const { holder, fence } = (await box.ok('lock', 'status', LAB, '-o', 'json')).json<LockStatus>()
    if (code === 0) expect([holder, fence]).toEqual([null, 2])
    else expect([holder?.pid, fence]).toEqual([process.pid, 1])
    await lease.release()
  })

  test('is asked by down too, once, and not with -y', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    const first = box.atTerminal('down', LAB)
    await first.shows(`Destroy the lab ${LAB} and everything on its machines? [y/N]`)
    first.type('n\r')
    expect((await first.done).code).toBe(2)
    expect(await box.state(LAB)).toBe('ready')
    expect((await box.atTerminal('down', LAB, '-y').done).code).toBe(0)
    expect(await box.state(LAB)).toBe('destroyed')
  })
})
