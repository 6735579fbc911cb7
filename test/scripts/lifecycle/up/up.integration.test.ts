import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { useSandboxes } from '../../../stand-in/sandbox.js'

jest.setTimeout(60_000)
const makeSandbox = useSandboxes()
const NEW_LAB = [
  'new -> provisioning',
  'provisioning -> provisioned',
  'provisioned -> configuring',
  'configuring -> ready',
]

describe('up, status, list, history and down', () => {
  test('up prints one JSON document of the designed shape, list an array of the same, status the record', async () => {
    const box = await makeSandbox()
    const up = await box.ok('up', '--profile', 'debian-local', '-o', 'json')
    const [machine] = box.machines()
    const shown = {
      lab: 'debian-local',
      profile: 'debian-local',
      provider: 'local',
      region: 'local',
      distro: 'debian-13',
      state: 'ready',
      costPerHourUsd: 0,
      expiresAt: expect.any(String),
      expiresInMs: expect.any(Number),
      enforcers: expect.any(Array),
      machines: [
        {
          name: 'main',
          address: '127.0.0.1',
          port: machine?.port,
          user: 'debian',
          ssh: expect.stringMatching(/^ssh -F \/.* debian-local$/),
          power: 'running',
        },
      ],
      timings: ['image', 'synth', 'init', 'apply', 'wait-ssh', 'cloud-init', 'baseline', 'mark'].map(
        (step) => ({
          step,
          ms: expect.any(Number),
        }),
      ),
    }
    expect(up.json()).toEqual({ ...shown, reused: false })
    expect((await box.ok('list', '-o', 'json')).json()).toEqual([shown])
    const record = (await box.ok('status', 'debian-local', '-o', 'json')).json()
    expect(record).toMatchObject({
      source: 'recorded',
      state: 'ready',
      command: null,
      step: null,
      failure: null,
      engine: null,
      image: { kind: 'built' },
      machines: [{ place: machine?.folder, id: machine?.id }],
    })
    expect((await box.ok('status', 'debian-local')).stdout).toBe('ready\n')
    expect(await box.transitions('debian-local')).toEqual(NEW_LAB)
  })

  test('the last line of up can be pasted into a shell', async () => {
    const box = await makeSandbox()
    const lines = (await box.ok('up', '--profile', 'debian-local')).stdout.trimEnd().split('\n')
    const { execFileSync } = await import('node:child_process')
    const said = execFileSync('sh', ['-c', `${lines.at(-1)} 'echo here $0'`], { env: box.env }).toString()
    expect(said).toBe('here sh\n')
  })

  test('a second up reconnects: the same machine, verified over SSH, and no engine is started', async () => {
    const box = await makeSandbox()
    const first = await box.up('--profile', 'debian-local')
    const calls = await box.engineCalls()
    expect(calls).toEqual(['init', 'apply'])
    const again = await box.ok('up', 'debian-local', '-o', 'json')
    expect(again.json()).toMatchObject({ state: 'ready', reused: true })
    expect((await box.ok('up', 'debian-local')).stdout).toMatch(/^Reconnected to debian-local/)
    expect(await box.engineCalls()).toEqual(calls)
    expect(box.machines()).toEqual([first])
    expect(await box.transitions('debian-local')).toEqual(NEW_LAB)
  })

  test.each([
    ['in a folder that is initialised already it is not initialised again', 'kept', ['destroy']],
    ['a work folder that is gone is made again', 'gone', ['init', 'destroy']],
  ])('%s', async (_what, folder, calls) => {
    const box = await makeSandbox()
    await box.up('--profile', 'debian-local')
    if (folder === 'gone') await box.forgetWork()
    const before = await box.engineCalls()
    await box.ok('down', 'debian-local')
    expect((await box.engineCalls()).slice(before.length)).toEqual(calls)
    expect(await box.traces()).toEqual([])
  })

  test('after a failure of the engine the folder is initialised again, in case that it was that', async () => {
    const box = await makeSandbox()
    const { pid } = await box.up('--profile', 'debian-local')
    await box.kill(pid)
    const [backend = ''] = await readdir(join(box.cache, 'work'))
    const filled = join(box.cache, 'work', backend, 'debian-local/.terraform')
    const known = join(filled, 'terraform.tfstate')
    await writeFile(known, (await readFile(known, 'utf8')).replace('"local"', '"http"'))
    expect((await box.run(['up', 'debian-local'])).code).toBe(1)
    expect(await box.state('debian-local')).toBe('provision-failed')
    await box.ok('up', 'debian-local')
    await box.ok('down', 'debian-local')
    expect(await box.traces()).toEqual([])
  })

  test('down leaves no process, port or file of the lab, and says destroyed from then on', async () => {
    const box = await makeSandbox()
    const { port } = await box.up('--profile', 'debian-local')
    expect(await accepts(port)).toBe(true)
    const down = await box.ok('down', 'debian-local', '-o', 'json')
    expect(down.json()).toMatchObject({ state: 'destroyed', changed: true, verified: true })
    expect(await box.traces()).toEqual([])
    expect(await accepts(port)).toBe(false)
    expect(await box.state('debian-local')).toBe('destroyed')
    expect((await box.ok('list')).stdout).toMatch(/^No labs/)
    expect((await box.ok('list', '--all', '-o', 'json')).json()).toMatchObject([{ state: 'destroyed' }])
    expect((await box.ok('down', 'debian-local', '-o', 'json')).json()).toMatchObject({ changed: false })
    expect((await box.run(['exec', 'debian-local', '--', 'true'])).code).toBe(1)
    expect((await box.run(['ssh', 'debian-local', '--', 'true'])).code).toBe(1)
  })

  test('a destroyed name can be used again, for a new machine with new keys', async () => {
    const box = await makeSandbox()
    await box.up('--profile', 'debian-local')
    const old = await box.record('debian-local')
    await box.ok('down', 'debian-local')
    await box.up('--profile', 'debian-local')
    const now = await box.record('debian-local')
    expect(now.machines[0]?.id).toBe(old.machines[0]?.id)
    expect(now.machines[0]?.hostKey).not.toBe(old.machines[0]?.hostKey)
    expect(now.sshKey.publicKey).not.toBe(old.sshKey.publicKey)
    expect(await box.transitions('debian-local')).toEqual([
      ...NEW_LAB,
      ...['ready -> destroying', 'destroying -> destroyed', 'destroyed -> provisioning'],
      ...NEW_LAB.slice(1),
    ])
    expect((await box.ok('exec', 'debian-local', '--', 'echo', 'new')).stdout).toBe('new\n')
  })

  test('two distros and a second lab of one profile live side by side, each with its own machine', async () => {
    const box = await makeSandbox()
    const trixie = await box.up('--profile', 'debian-local')
    const other = await box.up('--profile', 'debian-local', '--name', 'other')
    const bookworm = await box.up('--profile', 'debian-12-local')
    expect(new Set([trixie, other, bookworm].map(({ port }) => port)).size).toBe(3)
    const listed = (await box.ok('list', '-o', 'json')).json<{ lab: string; distro: string }[]>()
    expect(listed.map(({ lab, distro }) => `${lab} ${distro}`)).toEqual([
      'debian-12-local debian-12',
      'debian-local debian-13',
      'other debian-13',
    ])
    await box.ok('down', 'other')
    expect(
      box
        .machines()
        .map(({ id }) => id)
        .sort(),
    ).toEqual([bookworm.id, trixie.id].sort())
    expect((await box.ok('exec', 'debian-local', '--', 'echo', 'still here')).stdout).toBe('still here\n')
  })

  test('--wait none stops at provisioned and --wait ssh at ready, and a plain up goes on from there', async () => {
    const box = await makeSandbox()
    await box.knobs({ silent: true })
    const first = await box.up('--profile', 'debian-local', '--wait', 'none')
    expect(await box.state('debian-local')).toBe('provisioned')
    await box.knobs({})
    expect((await box.ok('up', 'debian-local', '-o', 'json')).json()).toMatchObject({ state: 'ready' })
    expect(box.machines()).toEqual([first])
    await box.ok('up', '--profile', 'debian-local', '--name', 'by-ssh', '--wait', 'ssh')
    expect(await box.state('by-ssh')).toBe('ready')
  })

  test('names that do not exist exit 3 with near ones, and record nothing', async () => {
    const box = await makeSandbox()
    for (const verb of ['status', 'down', 'history', 'exec', 'ssh']) {
      const words = verb === 'exec' || verb === 'ssh' ? ['--', 'true'] : []
      expect(await box.run([verb, 'nosuch', ...words])).toMatchObject({ code: 3, stdout: '' })
    }
    expect(await box.run(['lock', 'status', 'nosuch'])).toMatchObject({ code: 3 })
    const mistyped = await box.run(['up', '--profile', 'debain-local'])
    expect(mistyped).toMatchObject({ code: 3, stdout: '' })
    expect(mistyped.stderr).toContain('Did you mean debian-local')
    expect(await box.files()).toEqual([])
  })
})

describe('lock status', () => {
  test('tells free, held by whom for what, and whose holder is dead', async () => {
    const box = await makeSandbox()
    await box.up('--profile', 'debian-local')
    const lock = async () => (await box.ok('lock', 'status', 'debian-local', '-o', 'json')).json()
    expect(await lock()).toMatchObject({ held: false, holder: null, takeover: null })
    const exec = box.start(['exec', 'debian-local', '--', 'echo begun >&2; exec sleep 60'])
    await exec.says('begun')
    expect(await lock()).toMatchObject({
      held: true,
      takeover: null,
      state: 'in-use',
      holder: { pid: exec.pid, command: 'exec', ciRunUrl: null },
    })
    expect((await box.ok('lock', 'status', 'debian-local')).stdout).toContain(`(pid ${exec.pid})`)
    exec.signal('SIGKILL')
    await exec.done
    expect(await lock()).toMatchObject({ held: true, takeover: 'holder-dead' })
    expect((await box.ok('lock', 'status', 'debian-local')).stdout).toContain('process is dead')
  })
})

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    const settle = (answer: boolean) => () => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', settle(true)).once('error', settle(false))
  })
