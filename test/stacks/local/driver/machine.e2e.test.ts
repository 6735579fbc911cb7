import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testCache as CACHE } from '../../../test-cache.js'
import type { ImageResult, ImageSource, MachineSpec } from '../../../../stacks/local/driver/protocol.js'
import { runDriver } from './driver-process.js'
import { type Key, makeKey, runInGuest, waitForGuest } from './guest.js'
import { digest, ImageServer } from './image-server.js'
import { freePort, machineSpec } from './machine-spec.js'
import { buildVendorLikeImage } from './vendor-like-image.js'

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
  port = await freePort()
})

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

async function expectNothingLeft(spec: MachineSpec): Promise<void> {
  expect((await runDriver('destroy', spec)).result?.left).toEqual([])
  expect(await readdir(join(home, 'machines'))).toEqual([])
  expect(execFileSync('ps', ['-eo', 'stat,args'], { encoding: 'utf8' })).not.toContain(spec.directory)
}

describe('a real machine', () => {
  test('of a built image boots to SSH, survives stop and start, and vanishes', async () => {
    const spec = labOf(BUILT)
    const created = await runDriver('create', spec)
    expect(created.fault).toBeUndefined()
    await expectWorkingGuest(spec)
    await runInGuest(port, key, 'echo kept > kept; sync')
    expect((await runDriver('stop', spec)).result?.machine.presence).toBe('stopped')
    expect((await runDriver('start', spec)).result?.machine.port).toBe(port)
    await waitForGuest(port, key, 'grep kept kept', BOOT_TIMEOUT_MS)
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
      await expectNothingLeft(spec)
    } finally {
      await server.stop()
    }
  })
})
