import { describe, expect, jest, test } from '@jest/globals'
import { parse } from 'yaml'
import { waitUntil } from '../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../stand-in/sandbox.js'
import { readSource } from '../support/cli/support.js'
import { Job, type Running } from './job.js'

jest.setTimeout(180_000)
const makeSandbox = useSandboxes()
const UP = { command: 'up', lab: 'web', profile: 'debian-local' }

async function expectNothingLeft(box: Sandbox): Promise<void> {
  expect(box.processes()).toEqual([])
  expect((await box.ok('list', '-o', 'json')).json()).toEqual([])
}

describe('the action', () => {
  test('names its programs, and main and post run in the Node that GitHub has', async () => {
    const action = parse(await readSource('action.yml')) as { runs: object; inputs: object }
    expect(action.runs).toEqual({
      using: 'node24',
      main: 'action/main.mjs',
      post: 'action/post.mjs',
      'post-if': 'always()',
    })
    const sources = (await readSource('action/main.mjs')) + (await readSource('action/post.mjs'))
    const read = [...sources.matchAll(/(?:input|switchedOn)\('([\w-]+)'\)/g)].map(([, name]) => name)
    expect(new Set(read)).toEqual(new Set(Object.keys(action.inputs)))
  })

  test('brings a lab up, tells what a job needs, and removes it and no other at the end', async () => {
    const box = await makeSandbox()
    await box.up('--profile', 'debian-local', '--name', 'mine')
    const job = new Job(box, UP)
    expect(await job.run('main')).toMatchObject({ code: 0 })
    expect(job.outputs['lab']).toBe('web')
    expect(job.outputs['ssh']).toContain('ssh')
    expect(await job.run('post')).toMatchObject({ code: 0 })
    const labs = (await box.ok('list', '-o', 'json')).json<{ lab: string }[]>()
    expect(labs.map(({ lab }) => lab)).toEqual(['mine'])
  })

  test('plans into the summary, a file and an output, and makes nothing', async () => {
    const box = await makeSandbox()
    const job = new Job(box, { ...UP, command: 'plan' })
    expect(await job.run('main')).toMatchObject({ code: 0 })
    expect(job.outputs).toMatchObject({ changes: 'true' })
    expect(job.summary()).toContain('| `web` | create |')
    // In the job of a fork it could not even look.
    expect(job.saved).not.toHaveProperty('session')
    expect(await job.run('post')).toMatchObject({ code: 0 })
    await expectNothingLeft(box)
  })

  test('keeps what is to be kept, and after a failure a lab for a while', async () => {
    const box = await makeSandbox()
    const kept = new Job(box, { ...UP, keep: 'true' }, 'kept')
    await kept.run('main')
    await kept.run('post')
    expect((await box.record('web')).state).toBe('ready')
    const failed = new Job(box, { ...UP, lab: 'failed', 'keep-on-failure': '30m' }, 'failed-job')
    await failed.run('main')
    const { code, text } = await failed.run('post', { 'job-status': 'failure' })
    expect([code, text]).toEqual([0, expect.stringContaining('failed stays for 30m')])
    const { expiresAt } = await box.record('failed')
    expect(Date.parse(expiresAt ?? '') - Date.now()).toBeLessThan(31 * 60_000)
    await failed.run('post', { 'job-status': 'success' })
    expect((await box.record('failed')).state).toBe('destroyed')
    await box.ok('down', 'web')
  })

  test.each([
    ['an unknown command', { command: 'destroy' }, 'expected setup, up, plan, down'],
    ['no lab', { command: 'up' }, 'set lab, profile or all'],
    ['a version that is not one', { cli: '', version: '1.2.3 --flag' }, 'expected one such as 1.2.3'],
    ['a switch that is not one', { ...UP, keep: 'yes' }, 'expected true or false'],
    ['a lab that looks like a flag', { ...UP, lab: '--yes' }, 'ended with exit code 2'],
  ])('refuses %s, and makes nothing', async (_what, inputs, reason) => {
    const box = await makeSandbox()
    const job = new Job(box, inputs)
    const { code, text } = await job.run('main')
    expect([code, text]).toEqual([1, expect.stringContaining(reason)])
    await job.run('post')
    await expectNothingLeft(box)
  })
})

describe('a job that ends while the action works leaves nothing', () => {
  type Moment = 'init' | 'apply'

  async function stopAt(box: Sandbox, moment: Moment, end: (main: Running) => void) {
    const { release } = await box.hold(moment)
    const job = new Job(box, UP)
    const main = job.start('main')
    await waitUntil(moment, async () => (await box.engineCalls()).includes(moment))
    end(main)
    await release()
    await main.ended
    return job
  }

  test.each(['init', 'apply'] as const)('cancelled while the engine is at %s', async (moment) => {
    const box = await makeSandbox()
    const job = await stopAt(box, moment, ({ child }) => child.kill('SIGINT'))
    expect(await job.run('post')).toMatchObject({ code: 0 })
    await expectNothingLeft(box)
  })

  test.each(['init', 'apply'] as const)(
    'killed while the engine is at %s: its command lives on, and is ended first',
    async (moment) => {
      const box = await makeSandbox()
      const job = await stopAt(box, moment, ({ child }) => child.kill('SIGKILL'))
      expect(job.saved['child']).toMatch(/^\d+ \d+$/)
      expect(await job.run('post')).toMatchObject({ code: 0 })
      await expectNothingLeft(box)
    },
  )

  test('killed with its command as soon as the lab is on record', async () => {
    const box = await makeSandbox()
    const job = new Job(box, UP)
    const main = job.start('main')
    const isRecorded = (): Promise<boolean> =>
      box.record('web').then(
        () => true,
        () => false,
      )
    await waitUntil('the record', isRecorded)
    main.child.kill('SIGKILL')
    process.kill(Number(job.saved['child']?.split(' ')[0]), 'SIGKILL')
    await main.ended
    expect(await job.run('post')).toMatchObject({ code: 0 })
    await expectNothingLeft(box)
  })

  test('killed between main and post, or before main could do anything', async () => {
    const box = await makeSandbox()
    const job = new Job(box, UP)
    await job.run('main')
    expect(await job.run('post')).toMatchObject({ code: 0 })
    await expectNothingLeft(box)
    const early = new Job(box, UP, 'early')
    const main = early.start('main')
    main.child.kill('SIGKILL')
    await main.ended
    expect(await early.run('post')).toMatchObject({ code: 0 })
    await expectNothingLeft(box)
  })
})
