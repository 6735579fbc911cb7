import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { identifyProcess } from '../../backend/process-identity.js'
import type { MachineSpec } from '../../local-vm/protocol.js'
import { type DriverOptions, runDriver, startDriver, waitUntil } from '../support/local-vm/driver-process.js'
import { fakeQemu } from '../support/local-vm/fake-qemu-program.js'
import { digest, ImageServer, makeQcow2 } from '../support/local-vm/image-server.js'
import { freePort, machineSpec } from '../support/local-vm/machine-spec.js'

const body = makeQcow2(1)

jest.setTimeout(60_000)

let server: ImageServer
let home: string
let spec: MachineSpec
let options: DriverOptions

beforeEach(async () => {
  server = new ImageServer()
  await server.start()
  server.files.set('/disk.qcow2', body)
  server.files.set('/SUMS', Buffer.from(digest('sha256', body)))
  home = await mkdtemp(join(tmpdir(), 'distrolab-machine-'))
  const checksum = { url: server.url('/SUMS'), format: 'bare', algorithm: 'sha256' } as const
  spec = machineSpec(home, await freePort(), {
    distro: 'debian-13',
    architecture: 'x86_64',
    vendor: { url: server.url('/disk.qcow2'), checksum, firmware: 'bios' },
  })
  options = mode('')
})

afterEach(async () => {
  await runDriver('destroy', spec, options)
  await server.stop()
  await rm(home, { recursive: true, force: true })
})

function mode(name: string): DriverOptions {
  const variables = { FAKE_QEMU_LOG: join(home, 'log'), FAKE_QEMU: name }
  return { env: { DISTROLAB_QEMU: fakeQemu(join(home, `qemu-${name}`), variables) } }
}
const starts = async (): Promise<number> =>
  (await readFile(join(home, 'log'), 'utf8').catch(() => ''))
    .split('\n')
    .filter((line) => line.startsWith('start ')).length
const exists = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined)) !== undefined

async function expectNothingLeft(): Promise<void> {
  expect(await readdir(join(home, 'machines')).catch(() => [])).toEqual([])
  expect((await runDriver('status', spec, options)).result?.machine).toEqual({
    id: spec.id,
    presence: 'absent',
  })
  const probe = createServer().listen(spec.sshPort, '127.0.0.1')
  await once(probe, 'listening')
  probe.close()
}

describe('create', () => {
  test('makes a machine with overlay, seed and console, and says where it is', async () => {
    const run = await runDriver('create', spec, options)
    expect(run.result).toMatchObject({
      reused: false,
      machine: { id: spec.id, port: spec.sshPort, directory: spec.directory },
    })
    expect((await readdir(spec.directory)).sort()).toEqual([
      'base.qcow2',
      'console.log',
      'machine.json',
      'overlay.qcow2',
      'process.json',
      'qemu.pid',
      'qmp.sock',
      'seed',
    ])
    expect(await readFile(join(spec.directory, 'seed', 'user-data'), 'utf8')).toBe(spec.seed.userData)
    await rm(spec.cache, { recursive: true })
    expect((await stat(join(spec.directory, 'base.qcow2'))).size).toBe(body.length)
  })

  test('again adopts the running machine and starts no other', async () => {
    const first = await runDriver('create', spec, options)
    const second = await runDriver('create', spec, options)
    expect(second.result).toMatchObject({ reused: true, machine: { pid: first.result?.machine.pid } })
    expect(await starts()).toBe(1)
  })

  test('five times at once makes one machine', async () => {
    const runs = await Promise.all([1, 2, 3, 4, 5].map(() => runDriver('create', spec, options)))
    expect(new Set(runs.map(({ result }) => result?.machine.pid)).size).toBe(1)
    expect(runs.filter(({ result }) => result?.reused === false)).toHaveLength(1)
    expect(await starts()).toBe(1)
  })

  test('clears a half-made machine and recreates it', async () => {
    await mkdir(join(spec.directory, 'seed'), { recursive: true })
    await writeFile(join(spec.directory, 'machine.json'), JSON.stringify({ id: spec.id }))
    await writeFile(join(spec.directory, 'overlay.qcow2'), 'half')
    expect((await runDriver('status', spec, options)).result?.machine.presence).toBe('partial')
    expect((await runDriver('create', spec, options)).code).toBe(0)
    expect((await stat(join(spec.directory, 'overlay.qcow2'))).size).toBeGreaterThan(4)
  })

  test('that fails leaves nothing', async () => {
    const run = await runDriver('create', spec, mode('fail'))
    expect(run).toMatchObject({ code: 1, fault: { code: 'qemu-failed' } })
    expect(run.fault).toHaveProperty('stderr', expect.stringContaining('cannot set up guest memory'))
    await expectNothingLeft()
  })

  test('on a full disk says so and leaves nothing', async () => {
    await runDriver('image', { cache: spec.cache, image: spec.image })
    const machines = join(home, 'machines')
    await mkdir(machines)
    const script = 'mount -t tmpfs -o size=256k tmpfs "$0" && exec "$@"'
    const wrapper = ['unshare', '--map-root-user', '--mount', 'sh', '-ec', script, machines]
    const run = await runDriver('create', spec, { ...options, wrapper })
    expect(run).toMatchObject({ code: 1, fault: { code: 'disk-full' } })
    await expectNothingLeft()
  })

  test('without QEMU names the missing program and leaves nothing', async () => {
    const run = await runDriver('create', spec, { env: { DISTROLAB_QEMU: '/nonexistent/qemu' } })
    expect(run.fault).toEqual(expect.objectContaining({ code: 'qemu-missing', binary: '/nonexistent/qemu' }))
    await expectNothingLeft()
  })

  test('works in a folder whose path is too long for a socket', async () => {
    const deep = { ...spec, directory: join(home, 'machines', 'd'.repeat(120), 'main') }
    const run = await runDriver('create', deep, options)
    expect(run.fault).toBeUndefined()
    expect((await runDriver('create', deep, options)).result?.reused).toBe(true)
    expect((await runDriver('destroy', deep, options)).code).toBe(0)
  })

  test('interrupted by Ctrl-C ends with 130 and leaves nothing', async () => {
    server.delayMs = 200
    const run = startDriver('create', spec, options)
    await run.sees(({ phase }) => phase === 'download')
    run.kill('SIGINT')
    expect((await run.done).code).toBe(130)
    await expectNothingLeft()
  })
})

describe('a port that another program holds', () => {
  let other: Server
  beforeEach(async () => {
    other = createServer().listen(spec.sshPort, '127.0.0.1')
    await once(other, 'listening')
  })
  afterEach(() => void other.close())

  test('is a fault before QEMU starts, and names that program', async () => {
    const run = await runDriver('create', spec, options)
    expect(run).toMatchObject({ code: 1, fault: { code: 'port-taken', port: spec.sshPort } })
    expect(run.fault).toHaveProperty('by', expect.stringContaining(`(pid ${process.pid})`))
    expect(await starts()).toBe(0)
  })
})

describe('stop and start', () => {
  test('keep the disk and the port, and both may be repeated', async () => {
    const first = await runDriver('create', spec, options)
    expect((await runDriver('stop', spec, options)).result?.machine.presence).toBe('stopped')
    expect((await runDriver('stop', spec, options)).result?.machine.presence).toBe('stopped')
    expect(await readFile(join(home, 'log'), 'utf8')).toContain('system_powerdown')
    const again = await runDriver('start', spec, options)
    expect(again.result).toMatchObject({ reused: false, machine: { port: spec.sshPort } })
    expect(again.result?.machine.pid).not.toBe(first.result?.machine.pid)
    expect((await runDriver('start', spec, options)).result?.reused).toBe(true)
  })

  test('start needs a machine', async () => {
    expect((await runDriver('start', spec, options)).fault?.code).toBe('machine-absent')
    expect((await runDriver('stop', spec, options)).result?.machine.presence).toBe('absent')
  })

  test('start after QEMU was killed from outside brings the machine back on its port', async () => {
    const first = await runDriver('create', spec, options)
    process.kill(first.result?.machine.pid ?? -1, 'SIGKILL')
    await waitUntil(
      async () => (await runDriver('status', spec, options)).result?.machine.presence === 'stopped',
    )
    expect((await runDriver('create', spec, options)).result).toMatchObject({
      reused: false,
      machine: { port: spec.sshPort },
    })
    expect(await exists(spec.directory)).toBe(true)
  })

  test('a start that fails keeps the disk that was there', async () => {
    await runDriver('create', spec, options)
    await runDriver('stop', spec, options)
    expect((await runDriver('create', spec, mode('fail'))).fault?.code).toBe('qemu-failed')
    expect((await runDriver('status', spec, options)).result?.machine.presence).toBe('stopped')
  })

  test('a QEMU that may not use io_uring is started without', async () => {
    expect((await runDriver('create', spec, mode('without-io_uring'))).fault).toBeUndefined()
    expect(await starts()).toBe(1)
  })

  test('a QEMU that does not answer is replaced, not doubled', async () => {
    await runDriver('create', spec, options)
    await runDriver('stop', spec, options)
    expect((await runDriver('start', spec, mode('mute'))).fault?.code).toBe('machine-broken')
    const [mute] = (await readFile(join(spec.directory, 'qemu.pid'), 'utf8')).split('\n')
    expect((await runDriver('start', spec, options)).result?.reused).toBe(false)
    expect((await runDriver('status', spec, options)).result?.machine.pid).not.toBe(Number(mute))
  }, 60_000)
})

describe('destroy', () => {
  test('removes exactly everything, needs only id and directory, and may be repeated', async () => {
    const created = await runDriver('create', spec, options)
    const key = { id: spec.id, directory: spec.directory }
    const run = await runDriver('destroy', key)
    expect(run.code).toBe(0)
    expect(run.result?.removed).toContain(join(spec.directory, 'overlay.qcow2'))
    expect(identifyProcess(created.result?.machine.pid ?? -1)).toBeUndefined()
    await expectNothingLeft()
    expect(await runDriver('destroy', key)).toMatchObject({ code: 0, result: { removed: [] } })
  })

  test('leaves another machine of the lab alone', async () => {
    const other = join(home, 'machines', 'lab', 'other')
    await mkdir(other, { recursive: true })
    await runDriver('create', spec, options)
    await runDriver('destroy', spec)
    expect(await readdir(join(home, 'machines', 'lab'))).toEqual(['other'])
  })

  test('never touches a process that merely has the pid in the pid file', async () => {
    const created = await runDriver('create', spec, options)
    process.kill(created.result?.machine.pid ?? -1, 'SIGKILL')
    await writeFile(join(spec.directory, 'qemu.pid'), `${process.pid}\n`)
    expect((await runDriver('destroy', spec)).code).toBe(0)
  })
})

describe('kill -9 of the driver', () => {
  const points = ['resolve', 'download', 'disk', 'start'] as const

  test.each(points)('at %s: the next create makes exactly one machine', async (point) => {
    server.delayMs = point === 'download' ? 200 : 0
    const first = startDriver('create', spec, mode('slow'))
    await first.sees(({ phase }) => phase === point)
    first.kill('SIGKILL')
    await first.done
    server.delayMs = 0
    const run = await runDriver('create', spec, options)
    expect(run.fault).toBeUndefined()
    expect((await runDriver('status', spec, options)).result?.machine).toMatchObject({
      presence: 'running',
      pid: run.result?.machine.pid,
    })
    await runDriver('destroy', spec)
    await expectNothingLeft()
  })

  test.each(points)('at %s: destroy leaves nothing', async (point) => {
    server.delayMs = point === 'download' ? 200 : 0
    const first = startDriver('create', spec, mode('slow'))
    await first.sees(({ phase }) => phase === point)
    first.kill('SIGKILL')
    await first.done
    expect((await runDriver('destroy', spec)).code).toBe(0)
    // A QEMU that was just being started may come up after a first look; it has no directory to live in.
    await expectNothingLeft()
  })
})
