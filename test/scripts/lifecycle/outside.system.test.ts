import { existsSync } from 'node:fs'
import { readFile, rm, unlink, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { waitUntil } from '../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { LAB, STAGES, upTo } from '../../support/labs/stages.js'

jest.setTimeout(60_000)
const makeSandbox = useSandboxes()

const hostKeyOf = async (box: Sandbox): Promise<string | null | undefined> =>
  (await box.record(LAB)).machines[0]?.hostKey

describe('a machine that is killed from outside', () => {
  test('is still recorded as ready, and up brings it back with its name, port, disk and host key', async () => {
    const box = await makeSandbox()
    const first = await box.up('--profile', LAB)
    const hostKey = await hostKeyOf(box)
    const data = box.disk(first, 'guest', 'data')
    await writeFile(data, 'kept')
    await box.kill(first.pid)
    expect(await box.state(LAB)).toBe('ready')
    expect((await box.ok('list', '-o', 'json')).json()).toMatchObject([{ state: 'ready' }])
    const up = await box.ok('up', LAB, '-o', 'json')
    expect(up.json()).toMatchObject({ state: 'ready', reused: false })
    const [again] = box.machines()
    expect(again).toMatchObject({ id: first.id, port: first.port, folder: first.folder })
    expect(again?.pid).not.toBe(first.pid)
    expect(await hostKeyOf(box)).toBe(hostKey)
    expect(await readFile(data, 'utf8')).toBe('kept')
  })

  test('makes exec and ssh fail clearly, with the way back', async () => {
    const box = await makeSandbox()
    const { pid } = await box.up('--profile', LAB)
    await box.kill(pid)
    const exec = await box.run(['exec', LAB, '--', 'true'])
    expect(exec).toMatchObject({ code: 1, stdout: '' })
    expect(exec.stderr).toBe(`Error: ${LAB}/main is stopped.\nNext:  distrolab start ${LAB}\n`)
    expect(await box.state(LAB)).toBe('ready')
    const ssh = await box.run(['ssh', LAB, '--', 'true'])
    expect(ssh).toMatchObject({ code: 1, stdout: '', stderr: exec.stderr })
  })

  test('while up is at work on it makes up fail as clearly, and the next up goes on', async () => {
    const box = await makeSandbox()
    await box.ok('up', '--profile', LAB, '--wait', 'none')
    const [machine] = box.machines()
    const rm = box.disk(machine, 'guest', '.bin', 'rm')
    await writeFile(rm, `#!/bin/sh\n: >${rm}.begun\nexec sleep 60\n`, { mode: 0o755 })
    const run = box.start(['up', LAB])
    await waitUntil('the command that removes markers', () => existsSync(`${rm}.begun`))
    await box.kill(machine?.pid ?? 0)
    const { code, stderr } = await run.done
    expect(code).toBe(1)
    expect(stderr).toContain(`SSH to ${LAB}/main failed: the connection was lost while the command ran.`)
    expect(stderr).toContain(`distrolab up ${LAB}`)
    expect(await box.record(LAB)).toMatchObject({
      state: 'configure-failed',
      failure: { step: 'mark', code: 'ssh-failed' },
    })
    await unlink(rm)
    await box.ok('up', LAB)
    expect(await box.state(LAB)).toBe('ready')
    expect(box.machines()).toHaveLength(1)
  })

  test('is no obstacle to down', async () => {
    const box = await makeSandbox()
    const { pid } = await box.up('--profile', LAB)
    await box.kill(pid)
    expect((await box.ok('down', LAB)).stdout).toContain('nothing is left')
    expect(await box.traces()).toEqual([])
  })

  test('and whose disk is deleted too is made anew: up says so and pins the new host key', async () => {
    const box = await makeSandbox()
    const first = await box.up('--profile', LAB)
    const hostKey = await hostKeyOf(box)
    await box.kill(first.pid)
    await rm(first.folder, { recursive: true })
    const up = await box.ok('up', LAB)
    expect(up.stderr).toMatch(/main.* is gone.*new/i)
    expect(box.machines()).toMatchObject([{ id: first.id, port: first.port }])
    expect(await hostKeyOf(box)).not.toBe(hostKey)
    expect((await box.ok('exec', LAB, '--', 'echo', 'works')).stdout).toBe('works\n')
    expect((await box.ok('ssh', LAB, '--', 'echo works')).stdout).toBe('works\n')
  })

  test.each(['running', 'killed'])('or deleted while %s leaves nothing after down', async (how) => {
    const box = await makeSandbox()
    const { pid, folder } = await box.up('--profile', LAB)
    if (how === 'killed') await box.kill(pid)
    await rm(folder, { recursive: true })
    await box.ok('down', LAB)
    expect(await box.traces()).toEqual([])
  })
})

describe('the engine by hand', () => {
  test.each(['ready', 'interrupted'])(
    'destroys a %s lab from another folder, and down then exits 0',
    async (how) => {
      const box = await makeSandbox()
      if (how === 'ready') await box.up('--profile', LAB)
      else await killWhileApplying(box)
      const out = join(box.root, 'elsewhere')
      await box.ok('synth', LAB, '--out', out)
      await rm(box.cache, { recursive: true })
      await box.tofu(out, 'init', '-input=false')
      await box.tofu(out, 'destroy', '-input=false', '-auto-approve')
      expect(box.processes()).toEqual([])
      expect(await box.files('machines')).toEqual([])
      await box.ok('down', LAB)
      expect(await box.traces()).toEqual([])
      expect(await box.state(LAB)).toBe('destroyed')
    },
  )

  test('plans a profile that was never made, and changes nothing', async () => {
    const box = await makeSandbox()
    const out = join(box.root, 'plan')
    await box.ok('synth', '--profile', 'debian-12-local', '--out', out)
    await box.tofu(out, 'init', '-input=false')
    await box.tofu(out, 'plan', '-input=false')
    expect(await box.files('machines')).toEqual([])
    expect((await box.run(['status', 'debian-12-local'])).code).toBe(3)
  })
})

async function killWhileApplying(box: Sandbox): Promise<void> {
  const apply = STAGES.find(({ name }) => name === 'apply')
  const { cli, release } = await upTo(box, apply as (typeof STAGES)[number])
  cli.signal('SIGKILL')
  await cli.done
  for (const { pid, role } of box.processes()) if (role !== 'machine') await box.kill(pid)
  await release()
}

describe('the cache', () => {
  test('may be deleted at any time: up, exec and down of the lab go on without it', async () => {
    const box = await makeSandbox()
    const { pid } = await box.up('--profile', LAB)
    await rm(box.cache, { recursive: true })
    expect((await box.ok('up', LAB, '-o', 'json')).json()).toMatchObject({ reused: true })
    await box.kill(pid)
    await box.ok('up', LAB)
    await rm(box.cache, { recursive: true })
    await box.ok('down', LAB)
    expect(await box.traces()).toEqual([])
  })
})

describe("a machine's port", () => {
  test('taken before the first start is not used', async () => {
    const box = await makeSandbox()
    const { port } = await box.up('--profile', LAB)
    await box.ok('down', LAB)
    const squatter = await occupy(port)
    const again = await box.up('--profile', LAB)
    expect(again.port).not.toBe(port)
    squatter.close()
  })

  test('taken before a restart is an error that names the program; later up works on the same port', async () => {
    const box = await makeSandbox()
    const { pid, port } = await box.up('--profile', LAB)
    await box.kill(pid)
    const squatter = await occupy(port)
    const up = await box.run(['up', LAB])
    expect(up.code).toBe(1)
    expect(up.stderr).toContain(`Port ${port} of 127.0.0.1`)
    expect(up.stderr).toContain(`(pid ${process.pid})`)
    expect(await box.record(LAB)).toMatchObject({
      state: 'provision-failed',
      failure: { step: 'apply', code: 'port-taken' },
    })
    squatter.close()
    await once(squatter, 'close')
    await box.ok('up', LAB)
    expect(box.machines()).toMatchObject([{ port }])
  })
})

/** Somebody else's server: takes connections and ends them. */
async function occupy(port: number) {
  const server = createServer((socket) => socket.destroy())
  // A killed process whose first thread is gone may hold its port a moment longer.
  await waitUntil(`port ${port}`, async () => {
    server.listen(port, '127.0.0.1')
    return once(server, 'listening').then(
      () => true,
      () => false,
    )
  })
  return server
}

describe('a machine that is not the one it was', () => {
  test('or no longer takes the key is told as such', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    await box.knobs({ refuseKeys: true })
    const up = await box.run(['up', LAB])
    expect(up.code).toBe(1)
    expect(up.stderr).toContain(`${LAB} does not accept the key`)
    expect((await box.run(['exec', LAB, '--', 'true'])).code).toBe(1)
    await box.knobs({})
    expect((await box.ok('up', LAB, '-o', 'json')).json()).toMatchObject({ reused: true })
  })
})
