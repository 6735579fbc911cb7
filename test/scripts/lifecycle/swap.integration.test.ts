import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, jest, test } from '@jest/globals'
import { waitUntil } from '../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(60_000)
const makeSandbox = useSandboxes()
const runFile = promisify(execFile)

const imageOf = async (folder: string): Promise<string> =>
  (JSON.parse(await readFile(join(folder, 'machine.json'), 'utf8')) as { imageId: string }).imageId

/** Everything that a user holds on to. */
async function keptOf(box: Sandbox): Promise<unknown> {
  const { lab, provider, size, sshKey, owner, expiresAt, createdAt, machines } = await box.record(LAB)
  const places = machines.map(({ name, id, address, port, place }) => ({ name, id, address, port, place }))
  return { lab, provider, size, sshKey, owner, expiresAt, createdAt, places }
}

describe('swap', () => {
  test('gives the lab another distro; name, address, key and ssh command stay, and ssh has nothing to warn of', async () => {
    const box = await makeSandbox()
    const up = await box.ok('up', '--profile', LAB)
    const command = up.stdout.trimEnd().split('\n').at(-1) ?? ''
    const [old] = box.machines()
    const [kept, image, before] = [await keptOf(box), await imageOf(old?.folder ?? ''), await box.record(LAB)]
    const swap = await box.ok('swap', LAB, 'debian-12', '-o', 'json')
    expect(swap.json()).toMatchObject({ lab: LAB, from: 'debian-13', distro: 'debian-12', state: 'ready' })
    const [machine, ...more] = box.machines()
    expect(more).toEqual([])
    expect(machine?.pid).not.toBe(old?.pid)
    expect(await imageOf(machine?.folder ?? '')).not.toBe(image)
    expect(await keptOf(box)).toEqual(kept)
    const record = await box.record(LAB)
    expect(record).toMatchObject({
      profile: 'debian-12-local',
      distro: 'debian-12',
      failure: null,
      step: null,
    })
    expect(record.machines[0]?.hostKey).not.toBe(before.machines[0]?.hostKey)
    const { stdout, stderr } = await runFile('sh', ['-c', `${command} echo here`], { env: box.env })
    expect([stdout, stderr]).toEqual(['here\n', ''])
    const events = await box.events(LAB)
    expect(events.slice(-2)).toMatchObject([
      { from: 'ready', to: 'swapping', message: 'debian-13 -> debian-12', command: 'swap', step: 'image' },
      { from: 'swapping', to: 'ready', command: 'swap' },
    ])
    expect((await box.ok('up', LAB, '-o', 'json')).json()).toMatchObject({
      reused: true,
      distro: 'debian-12',
    })
    await box.ok('down', LAB)
    expect(await box.traces()).toEqual([])
  })

  test('while it makes the new machine, ssh takes whatever host key is shown', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    const hold = await box.hold('apply')
    const swap = box.start(['swap', LAB, 'debian-12'])
    await swap.says('] apply')
    const config = (await box.files('keys')).find((file) => file.endsWith('/config')) ?? ''
    expect(await readFile(join(box.home, config), 'utf8')).toContain('StrictHostKeyChecking accept-new')
    await hold.release()
    expect((await swap.done).code).toBe(0)
    expect(await readFile(join(box.home, config), 'utf8')).toContain('StrictHostKeyChecking yes')
  })

  test('leaves the lab ready and its machine alone when the new image cannot be had, and says so', async () => {
    const box = await makeSandbox()
    await addUnreachableDistro(box)
    const machine = await box.up('--profile', LAB)
    const before = await keptOf(box)
    const swap = await box.run(['swap', LAB, 'nowhere-1', '-o', 'json'])
    expect(swap.code).toBe(1)
    expect(swap.json()).toMatchObject({ error: { code: 'swap-not-begun' } })
    expect(swap.stderr).toContain(`${LAB} is still debian-13 and was not touched`)
    expect(swap.stderr).toContain('http://127.0.0.1:1/nowhere.qcow2')
    expect(box.machines()).toEqual([machine])
    expect(await keptOf(box)).toEqual(before)
    expect(await box.record(LAB)).toMatchObject({
      state: 'ready',
      distro: 'debian-13',
      command: null,
      failure: { step: 'image', code: 'swap-not-begun' },
    })
    expect((await box.ok('exec', LAB, '--', 'echo', 'alive')).stdout).toBe('alive\n')
  })

  test('of a machine that is gone makes the new one all the same', async () => {
    const box = await makeSandbox()
    const machine = await box.up('--profile', LAB)
    await box.kill(machine.pid)
    await rm(machine.folder, { recursive: true })
    await box.ok('swap', LAB, 'debian-12')
    expect(box.machines()).toHaveLength(1)
    expect((await box.ok('exec', LAB, '--', 'echo', 'new')).stdout).toBe('new\n')
  })

  test('with --profile finds the one lab that can be meant, and asks when it is not clear', async () => {
    const box = await makeSandbox()
    const nothing = await box.run(['swap', '--profile', 'debian-12-local'])
    expect(nothing).toMatchObject({ code: 3, stdout: '' })
    expect(nothing.stderr).toContain('distrolab up --profile debian-12-local')
    await box.up('--profile', LAB, '--name', 'one')
    await box.ok('swap', '--profile', 'debian-12-local')
    expect((await box.record('one')).distro).toBe('debian-12')
    await box.up('--profile', LAB)
    await box.up('--profile', LAB, '--name', 'two')
    const unclear = await box.run(['swap', '--profile', 'debian-12-local'])
    expect(unclear.code).toBe(2)
    expect(unclear.stderr).toContain(`distrolab swap ${LAB} --profile debian-12-local`)
    expect(unclear.stderr).toContain('distrolab swap two --profile debian-12-local')
    await box.ok('swap', '--profile', 'debian-12-local', '--name', 'two')
    await box.ok('swap', '--profile', 'debian-12-local')
    expect((await box.record(LAB)).distro).toBe('debian-12')
  })

  test('refuses before anything is recorded what makes no sense', async () => {
    const box = await makeSandbox()
    expect(await box.run(['swap', 'nosuch', 'debian-12'])).toMatchObject({ code: 3 })
    await box.up('--profile', LAB)
    const before = await box.record(LAB)
    const refused = async (code: number, said: string, ...words: string[]): Promise<void> => {
      const run = await box.run(['swap', ...words])
      expect([words, run.code]).toEqual([words, code])
      expect(run.stderr).toContain(said)
    }
    await refused(2, `${LAB} already runs debian-13`, LAB, 'debian-13')
    await refused(2, `${LAB} already runs debian-13`, LAB, 'debian')
    await refused(3, 'Did you mean', LAB, 'debain-12')
    await refused(2, 'not both', LAB, 'debian-12', '--profile', 'debian-12-local')
    await refused(2, 'Name a lab and its new distro')
    expect(await box.record(LAB)).toEqual(before)
    await box.editRecord(LAB, { provider: 'aws' })
    await refused(2, 'is on aws', LAB, '--profile', 'debian-12-local')
    await box.editRecord(LAB, {
      provider: 'local',
      owner: { ...before.owner, host: 'elsewhere', computer: '0123456789abcdef' },
    })
    await refused(1, 'are on elsewhere', LAB, 'debian-12')
    await box.editRecord(LAB, { owner: before.owner, state: 'provision-failed' })
    await refused(1, `distrolab up ${LAB}`, LAB, 'debian-12')
  })
})

describe('a swap that did not end', () => {
  test('is finished by up with the new distro', async () => {
    const box = await makeSandbox()
    await interruptedSwap(box)
    expect(await box.record(LAB)).toMatchObject({
      state: 'swap-failed',
      distro: 'debian-12',
      failure: { step: 'apply', code: 'interrupted' },
    })
    await box.ok('up', LAB)
    expect(box.machines()).toHaveLength(1)
    expect(await box.record(LAB)).toMatchObject({ state: 'ready', distro: 'debian-12' })
  })

  test('can be begun again, and also turned back', async () => {
    const box = await makeSandbox()
    await interruptedSwap(box)
    await box.ok('swap', LAB, 'debian-12')
    expect(await box.record(LAB)).toMatchObject({ state: 'ready', distro: 'debian-12' })
    await box.ok('swap', LAB, 'debian-13')
    await interruptedSwap(box)
    await box.ok('swap', LAB, 'debian-13')
    expect(await box.record(LAB)).toMatchObject({ state: 'ready', distro: 'debian-13' })
    expect(box.machines()).toHaveLength(1)
  })
})

async function interruptedSwap(box: Sandbox): Promise<void> {
  if ((await box.run(['status', LAB])).code === 3) await box.up('--profile', LAB)
  await box.knobs({ holdStart: true })
  const swap = box.start(['swap', LAB, 'debian-12'])
  await waitUntil('the new machine', () => box.processes('machine').some(({ isDaemon }) => !isDaemon))
  swap.signal('SIGINT')
  expect((await swap.done).code).toBe(130)
  await box.knobs({})
}

/** A distro whose image nobody serves and nothing builds. */
async function addUnreachableDistro(box: Sandbox): Promise<void> {
  const folder = join(box.root, 'config')
  await mkdir(join(folder, 'distros'), { recursive: true })
  await box.configure('catalog: [./distros]\n')
  const url = 'http://127.0.0.1:1/nowhere.qcow2'
  const vendor = {
    url,
    checksum: { url: `${url}.sha512`, format: 'gnu', algorithm: 'sha512' },
    firmware: 'uefi',
  }
  const distro = {
    name: 'nowhere-1',
    family: 'debian',
    version: '1',
    title: 'Nowhere 1',
    codename: 'nowhere',
    released: '2023-06-10',
    endOfLife: '2028-06-30',
    sources: ['none'],
    providers: {
      local: {
        support: 'official',
        user: 'debian',
        rootFilesystem: 'ext4',
        minimumDiskGiB: 3,
        architectures: { x86_64: { vendor } },
      },
    },
  }
  await writeFile(join(folder, 'distros', 'nowhere-1.yaml'), JSON.stringify(distro))
}
