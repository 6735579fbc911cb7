import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { setClock } from '../../scripts/machine/clock.js'
import { waitForSsh } from '../../scripts/machine/wait-ssh.js'
import type { ImageResult, ImageSource, MachineSpec } from '../../local-vm/protocol.js'
import { targetAt } from '../support/machine/ssh-server.js'
import { testCache as CACHE } from '../test-cache.js'
import { runDriver, waitUntil } from '../support/local-vm/driver-process.js'
import { type Key, makeKey, runInGuest, waitForGuest } from '../support/local-vm/guest.js'
import { digest, ImageServer } from '../support/local-vm/image-server.js'
import { freePort, machineSpec } from '../support/local-vm/machine-spec.js'
import { buildVendorLikeImage } from '../support/local-vm/vendor-like-image.js'

jest.setTimeout(600_000)

const BOOT_TIMEOUT_MS = 240_000
const BUILT: ImageSource = {
  distro: 'debian-13',
  architecture: 'x86_64',
  build: { tool: 'mmdebstrap', suite: 'trixie', mirror: 'http://deb.debian.org/debian' },
}

let built: ImageResult
let home: string
let key: Key
let port: number

beforeAll(async () => {
  mkdirSync(CACHE, { recursive: true })
  const run = await runDriver('image', { cache: CACHE, image: BUILT, maxAgeHours: 24 * 7 })
  if (run.result === undefined) throw new Error(`no image: ${JSON.stringify(run.fault)}`)
  built = run.result.image
})

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'distrolab-e2e-'))
  key = makeKey()
  await writeFile(join(home, 'key'), key.private, { mode: 0o600 })
  port = await freePort()
})

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString()
const keyOf = ({ id, directory }: MachineSpec) => ({ id, directory })

afterEach(async () => {
  await runDriver('destroy', labOf(BUILT))
  await rm(home, { recursive: true, force: true })
})

function labOf(image: ImageSource, cache = CACHE): MachineSpec {
  const spec = machineSpec(home, port, image)
  const user = `{name: debian, sudo: "ALL=(ALL) NOPASSWD:ALL", shell: /bin/bash, ssh_authorized_keys: ["${key.public.trim()}"]}`
  const userData = `#cloud-config\nusers: [${user}]\nwrite_files: [{path: /etc/lab, content: "it works\\n"}]\nruncmd: [[touch, /run/ran]]\n`
  return { ...spec, cache, diskGiB: 6, seed: { ...spec.seed, userData } }
}

async function expectWorkingGuest(spec: MachineSpec): Promise<void> {
  await waitForGuest(port, key, 'test -e /run/cloud-init/result.json', BOOT_TIMEOUT_MS)
  const result = JSON.parse(await runInGuest(port, key, 'cat /run/cloud-init/result.json')) as {
    v1: { errors: string[] }
  }
  expect(result.v1.errors).toEqual([])
  expect(await runInGuest(port, key, 'hostname; cat /etc/lab; ls /run/ran; sudo id -u')).toBe(
    'lab\nit works\n/run/ran\n0',
  )
  const rootMiB = Number(await runInGuest(port, key, 'df --output=size -BM / | tail -1 | tr -dc 0-9'))
  expect(rootMiB).toBeGreaterThan((spec.diskGiB - 1) * 1024)
}

/** For how long the guest believes that it has run, by our own clock some time between `asked` and `answered`. */
async function uptime(): Promise<Readonly<Record<'ms' | 'asked' | 'answered', number>>> {
  const asked = performance.now()
  const [seconds] = (await runInGuest(port, key, 'cat /proc/uptime')).split(' ')
  return { ms: Number(seconds) * 1000, asked, answered: performance.now() }
}

/** Nothing planted is there, what was removed is, and the clock is right within a second once it was set. */
async function expectBaseline(): Promise<void> {
  const target = targetAt(port, { source: 'generated', file: join(home, 'key'), publicKey: key.public })
  const { signal } = new AbortController()
  const wait = { timeoutMs: BOOT_TIMEOUT_MS, signal, onSeen: () => undefined, consoleTail: async () => '' }
  const connection = await waitForSsh(target, wait)
  const { withinMs } = await setClock(connection, { lab: 'demo', machine: 'main', user: target.user, signal })
  connection.end()
  const before = Date.now()
  const [shown, ...rest] = (
    await runInGuest(port, key, 'date +%s%3N; cat /etc/lab; ls planted /run/planted 2>&1 | grep -c "No such"')
  ).split('\n')
  const after = Date.now()
  expect(rest).toEqual(['it works', '2'])
  // More than a second only where the machine is so slow that nobody can know better.
  const tolerance = Math.max(withinMs, 1_000)
  expect(Number(shown)).toBeGreaterThan(before - tolerance)
  expect(Number(shown)).toBeLessThan(after + tolerance)
}

async function expectNothingLeft(spec: MachineSpec): Promise<void> {
  expect((await runDriver('destroy', spec)).code).toBe(0)
  expect(await readdir(join(home, 'machines'))).toEqual([])
  expect(execFileSync('ps', ['-eo', 'stat,args'], { encoding: 'utf8' })).not.toContain(spec.directory)
}

describe('a real machine', () => {
  test('of a built image boots, goes back to its baseline running or not, keeps its disk over stop and start, and powers itself off when it expires', async () => {
    const spec = { ...labOf(BUILT), expiresAt: inMs(3_600_000) }
    const created = await runDriver('create', spec)
    expect(created.fault).toBeUndefined()
    await expectWorkingGuest(spec)
    expect((await runDriver('baseline', spec)).result).toMatchObject({ taken: true })

    await runInGuest(port, key, 'echo planted > planted; sync; sudo rm /etc/lab; sudo touch /run/planted')
    const before = await uptime()
    await sleep(10_000)
    expect((await runDriver('reset', spec)).fault).toBeUndefined()
    await expectBaseline()
    const after = await uptime()
    // Had its kernel's time gone on, more of it would have gone by.
    expect(after.ms - before.ms).toBeLessThan(after.asked - before.answered)

    expect((await runDriver('stop', spec)).result?.machine.presence).toBe('stopped')
    expect((await runDriver('reset', spec)).fault).toBeUndefined()
    await expectBaseline()

    await runInGuest(port, key, 'echo kept > kept; sync')
    expect((await runDriver('stop', spec)).result?.machine.presence).toBe('stopped')
    expect((await runDriver('start', spec)).result?.machine.port).toBe(port)
    await waitForGuest(port, key, 'grep kept kept', BOOT_TIMEOUT_MS)

    const expiresAt = inMs(1_000)
    const { result } = await runDriver('extend', { ...keyOf(spec), expiresAt })
    expect(result?.machine).toMatchObject({ presence: 'running', expiresAt, watchdog: 'armed' })
    await waitUntil(
      async () => (await runDriver('status', spec)).result?.machine.presence === 'stopped',
      60_000,
    )
    expect((await runDriver('start', { ...spec, expiresAt })).fault?.code).toBe('machine-expired')
    await expectNothingLeft(spec)
  })

  test('of a vendor-like image is downloaded, boots by UEFI to SSH, grows its root, and vanishes', async () => {
    const disk = join(CACHE, `vendor-like-2-${built.id.slice(7, 23)}.qcow2`)
    if (!existsSync(disk)) buildVendorLikeImage(built.directory, disk)
    const server = new ImageServer()
    await server.start()
    try {
      const body = readFileSync(disk)
      server.files.set('/real.qcow2', body)
      server.redirects.set('/debian.qcow2', server.url('/real.qcow2'))
      server.files.set('/SHA512SUMS', Buffer.from(`${digest('sha512', body)}  debian.qcow2\n`))
      server.cutAfter = 50 * 1024 * 1024
      server.cuts = 1
      const checksum = { url: server.url('/SHA512SUMS'), format: 'gnu', algorithm: 'sha512' } as const
      const vendor = { url: server.url('/debian.qcow2'), checksum, firmware: 'uefi' } as const
      const spec = labOf({ distro: 'debian-13', architecture: 'x86_64', vendor }, join(home, 'cache'))
      const created = await runDriver('create', spec)
      expect(created.fault).toBeUndefined()
      expect(created.result?.image).toMatchObject({ kind: 'vendor', firmware: 'uefi' })
      await rm(spec.cache, { recursive: true })
      await expectWorkingGuest(spec)
      expect((await runDriver('baseline', spec)).result).toMatchObject({ taken: true })
      await runInGuest(port, key, 'echo planted > planted; sync; sudo rm /etc/lab')
      expect((await runDriver('reset', spec)).fault).toBeUndefined()
      await expectBaseline()
      await expectNothingLeft(spec)
    } finally {
      await server.stop()
    }
  })
})
