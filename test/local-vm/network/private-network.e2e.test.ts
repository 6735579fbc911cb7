import { mkdirSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { findProcesses } from '../../../local-vm/machine/process-table.js'
import { networkFilesIn } from '../../../local-vm/network/network-files.js'
import { writeBroken } from '../../../local-vm/network/pairs.js'
import { rearmSwitch } from '../../../local-vm/network/rearm-switch.js'
import { isSwitchOf, requireSwitch } from '../../../local-vm/network/switch-process.js'
import type { ImageSource, MachineSpec } from '../../../local-vm/protocol.js'
import { planLocalLab } from '../../../stacks/local/plan.js'
import { privateAddressAt } from '../../../stacks/naming.js'
import { DRIVER } from '../../support/stacks/lab-plan.js'
import { runDriver, waitUntil } from '../../support/local-vm/driver-process.js'
import { makeKey, runInGuest, waitForGuest } from '../../support/local-vm/guest.js'
import { freePort } from '../../support/local-vm/machine-spec.js'
import { testCache as CACHE } from '../../test-cache.js'

jest.setTimeout(1_200_000)

const BOOT_TIMEOUT_MS = 600_000
const IMAGE: ImageSource = {
  distro: 'debian-13',
  architecture: 'x86_64',
  build: { tool: 'mmdebstrap', suite: 'trixie', mirror: 'http://deb.debian.org/debian' },
}
const key = makeKey()
let home: string
let specs: readonly MachineSpec[]

beforeAll(async () => {
  mkdirSync(CACHE, { recursive: true })
  const run = await runDriver('image', { cache: CACHE, image: IMAGE, maxAgeHours: 24 * 7 })
  if (run.result === undefined) throw new Error(`no image: ${JSON.stringify(run.fault)}`)
  home = await mkdtemp(join(tmpdir(), 'distrolab-net-'))
  const ports = [await freePort(), await freePort()]
  specs = planLocalLab({
    lab: 'web',
    profile: 'debian-13-local',
    backendId: '0a1b2c3d',
    state: { kind: 'local', path: join(home, 'tofu.tfstate') },
    driver: DRIVER,
    machines: ['source', 'target'].map((name, index) => ({
      name,
      image: IMAGE,
      imageId: null,
      size: { instanceType: '1x768', vcpus: 1, memoryMiB: 768, diskGiB: 6 },
      user: 'debian',
      sshPort: ports[index] ?? 0,
      privateAddress: privateAddressAt(index),
      directory: join(home, 'machines', 'web', name),
    })),
    authorizedKeys: [key.public.trim()],
    cache: CACHE,
    instanceId: '1',
    expiresAt: null,
  }).machines.map(({ vm }) => vm)
})

afterAll(async () => {
  for (const spec of specs) await runDriver('destroy', spec)
  await rm(home, { recursive: true, force: true })
})

const machine = (index: number): MachineSpec => {
  const spec = specs[index]
  if (spec === undefined) throw new TypeError(`no machine ${index}`)
  return spec
}

/** Whether the SSH port of one machine answers the other, by private addresses. */
const reaches = (from: number, to: number): Promise<boolean> =>
  runInGuest(
    machine(from).sshPort,
    key,
    `timeout 20 bash -c '</dev/tcp/${privateAddressAt(to)}/22' && echo yes || echo no`,
  ).then((answer) => answer.split('\n').at(-1) === 'yes')

async function expectBothReach(): Promise<void> {
  await waitUntil(async () => (await reaches(0, 1)) && (await reaches(1, 0)), 120_000)
}

test('two real machines reach each other, also after a reset, a killed switch and a healed link, and leave nothing', async () => {
  const files = networkFilesIn(join(home, 'machines', 'web'))
  for (const created of await Promise.all(specs.map((spec) => runDriver('create', spec))))
    expect(created.fault).toBeUndefined()
  for (const { sshPort } of specs)
    await waitForGuest(sshPort, key, 'test -e /run/cloud-init/result.json', BOOT_TIMEOUT_MS)
  await expectBothReach()

  for (const { identity } of await findProcesses((words) => isSwitchOf(files, words)))
    process.kill(identity.pid, 'SIGKILL')
  await rearmSwitch(specs)
  await expectBothReach()

  for (const spec of specs) expect((await runDriver('baseline', spec)).fault).toBeUndefined()
  await writeBroken(files, [['source', 'target']])
  await requireSwitch(files)
  expect([await reaches(0, 1), await reaches(1, 0)]).toEqual([false, false])
  await writeBroken(files, [])
  await requireSwitch(files)
  await expectBothReach()

  expect((await runDriver('reset', machine(1))).fault).toBeUndefined()
  await expectBothReach()
  for (const spec of specs) expect((await runDriver('reset', spec)).fault).toBeUndefined()
  await expectBothReach()
  expect(await readFile(files.log, 'utf8')).toContain('source is connected')

  for (const spec of specs) expect((await runDriver('destroy', spec)).fault).toBeUndefined()
  expect(await readdir(join(home, 'machines'))).toEqual([])
  expect(await findProcesses((words) => isSwitchOf(files, words))).toEqual([])
})
