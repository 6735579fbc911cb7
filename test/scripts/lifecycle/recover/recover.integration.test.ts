import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { useSandboxes, type Sandbox } from '../../../stand-in/sandbox.js'
import { LAB, STAGES, upTo } from '../../../support/labs/stages.js'

jest.setTimeout(60_000)
const makeSandbox = useSandboxes()

interface Document {
  readonly state: string | null
  readonly verdict: string
  readonly lease: { readonly kind: string; readonly takeover?: string | null }
  readonly engine: { readonly pid: number | null; readonly state: { readonly resources?: readonly string[] } }
  readonly machines: readonly { readonly presence: string; readonly ssh: string | null }[]
  readonly next: readonly { readonly command: string; readonly safe: boolean }[]
  readonly applied: readonly string[]
}

const recovery = async (box: Sandbox, ...words: string[]): Promise<Document> =>
  (await box.ok('recover', LAB, ...words, '-o', 'json')).json<Document>()

describe('recover', () => {
  test('of a lab that is well says so, changes nothing and needs no lease', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    const before = [await box.files(), await box.record(LAB)]
    expect(await recovery(box)).toMatchObject({
      state: 'ready',
      lease: { kind: 'free' },
      next: [],
      applied: [],
      engine: { pid: null, state: { resources: ['terraform_data.main', 'terraform_data.main-boot'] } },
      machines: [{ presence: 'running', ssh: 'works' }],
    })
    expect((await box.ok('recover', LAB, '--apply')).stdout).toContain(
      `${LAB} is ready, and so are its machines.`,
    )
    expect([await box.files(), await box.record(LAB)]).toEqual(before)
  })

  test('of a killed up sees the dead holder and the engine that goes on, and --apply finishes it', async () => {
    const box = await makeSandbox()
    const apply = STAGES.find(({ name }) => name === 'apply') as (typeof STAGES)[number]
    const { cli, release } = await upTo(box, apply)
    const busy = await recovery(box)
    expect(busy.lease).toMatchObject({ kind: 'held', takeover: null })
    expect(busy.verdict).toContain(`(pid ${cli.pid}) is running up on ${LAB}`)
    expect(busy.next.filter(({ safe }) => safe)).toEqual([])
    cli.signal('SIGKILL')
    await cli.done
    const left = await recovery(box)
    expect(left).toMatchObject({ state: 'provisioning', lease: { kind: 'held', takeover: 'holder-dead' } })
    expect(left.engine.pid).toBe(box.processes('engine')[0]?.pid)
    expect(left.next[0]).toMatchObject({ command: `distrolab up ${LAB}`, safe: true })
    await release()
    const done = await recovery(box, '--apply')
    expect(done).toMatchObject({ state: 'ready', next: [], applied: [`distrolab up ${LAB}`] })
    expect(box.machines()).toHaveLength(1)
  })

  test('of an interrupted down says down, and --apply ends it', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    const hold = await box.hold('destroy')
    const down = box.start(['down', LAB])
    await down.says('] destroy')
    down.signal('SIGKILL')
    await down.done
    expect((await recovery(box)).next).toMatchObject([{ command: `distrolab down ${LAB}`, safe: true }])
    await hold.release()
    expect(await recovery(box, '--apply')).toMatchObject({
      state: 'destroyed',
      next: [],
      machines: [{ presence: 'absent' }],
    })
    expect(await box.traces()).toEqual([])
  })

  test('of a machine that was ended or deleted behind our back brings it back', async () => {
    const box = await makeSandbox()
    const machine = await box.up('--profile', LAB)
    await box.kill(machine.pid)
    expect(await recovery(box)).toMatchObject({ state: 'ready', machines: [{ presence: 'stopped' }] })
    await rm(machine.folder, { recursive: true })
    expect((await recovery(box)).verdict).toContain('gone with its disk')
    expect(await recovery(box, '--apply')).toMatchObject({
      machines: [{ presence: 'running', ssh: 'works' }],
    })
  })

  test('of a record that is garbage shows what is there all the same, and what it prints works', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    const file = join(box.home, 'labs', LAB, 'record.json')
    await writeFile(file, '{"state":')
    const found = await recovery(box, '--apply')
    expect(found).toMatchObject({ state: null, machines: [{ presence: 'running' }], applied: [] })
    expect(found.next.map(({ safe }) => safe)).toEqual([false, false, false])
    expect(await readFile(file, 'utf8')).toBe('{"state":')
  })

  test('of a lease that is garbage leaves everything alone', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    await writeFile(join(box.home, 'labs', LAB, 'lease.json'), 'garbage')
    expect(await recovery(box, '--apply')).toMatchObject({
      lease: { kind: 'unreadable' },
      next: [],
      applied: [],
    })
    expect((await box.ok('recover', LAB)).stdout).toContain('distrolab docs stale-lease')
  })

  test('of a name never used exits 3', async () => {
    const box = await makeSandbox()
    expect(await box.run(['recover', 'nosuch'])).toMatchObject({ code: 3, stdout: '' })
    expect(await box.files()).toEqual([])
  })
})
