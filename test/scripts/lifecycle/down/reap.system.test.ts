import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { BackendError } from '../../../../backend/errors.js'
import type { ObjectStore } from '../../../../backend/store.js'
import { reap } from '../../../../scripts/lifecycle/down/reap.js'
import { disturbed } from '../../../support/backend/support.js'
import { CLI, waitUntil } from '../../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../../stand-in/sandbox.js'
import { keys } from '../../../stand-in/terminal.js'
import { faultOf } from '../../../support/cli/support.js'
import { contextIn } from '../../../support/labs/in-process.js'
import { LAB } from '../../../support/labs/stages.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()
const HOUR = 3_600_000
const agreed = async (): Promise<void> => undefined

interface Reaped {
  readonly labs: readonly { readonly lab: string; readonly outcome: string; readonly code: string | null }[]
}

const make = (box: Sandbox, name: string, ttl = '4h'): Promise<unknown> =>
  box.ok('up', '--profile', LAB, '--name', name, '--wait', 'none', '--ttl', ttl)

async function expire(box: Sandbox, name: string): Promise<void> {
  await box.ok('extend', name, '--ttl', '1ms')
}

/** Our own clock stands; that of the store is so far ahead that a lab of 4 hours is over, and still runs. */
const ahead = (store: ObjectStore): ObjectStore =>
  disturbed(store, { now: async () => new Date((await store.now()).getTime() + 5 * HOUR) })

const idOf = async (box: Sandbox, name: string): Promise<string | undefined> =>
  (await box.record(name)).machines[0]?.id

describe('reap', () => {
  test('destroys what expired, whatever its state, and nothing else', async () => {
    const box = await makeSandbox()
    await make(box, 'living')
    await make(box, 'endless', 'none')
    await make(box, 'expired')
    await expire(box, 'expired')
    await box.knobs({ failStart: 'no memory' })
    await box.run(['up', '--profile', LAB, '--name', 'failed', '--ttl', '1ms'])
    const reaped = await box.ok('reap', '-o', 'json')
    const destroyed = { outcome: 'destroyed', code: null, reason: '', ms: expect.any(Number) }
    expect(reaped.json()).toEqual({
      labs: [
        { lab: 'expired', ...destroyed },
        { lab: 'failed', ...destroyed },
      ],
    })
    const states = [await box.state('expired'), await box.state('failed'), await box.state('living')]
    expect(states).toEqual(['destroyed', 'destroyed', 'provisioned'])
    expect(await box.state('endless')).toBe('provisioned')
    expect((await box.events('expired')).at(-1)).toMatchObject({ to: 'destroyed', command: 'reap' })
    const kept = [await idOf(box, 'endless'), await idOf(box, 'living')].sort()
    expect(
      box
        .machines()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(kept)
    expect((await box.traces()).filter((trace) => /expired|failed/.test(trace))).toEqual([])
    expect((await box.ok('reap')).stdout).toBe('Nothing has expired.\n')
  })

  test('leaves alone what a living holder has leased, without waiting, and takes it once the holder is dead', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    await expire(box, LAB)
    // By hand, as no command begins on an expired lab.
    const down = await box.hold('destroy')
    const holder = box.start(['down', LAB])
    await holder.says('] destroy')
    const reaped = await box.ok('reap', '-o', 'json')
    expect(reaped.json<Reaped>().labs).toMatchObject([{ lab: LAB, outcome: 'skipped', code: 'lease-held' }])
    expect((await box.ok('reap')).stdout).toMatch(/debian-local +skipped .*is held by .*running down/)
    holder.signal('SIGKILL')
    await holder.done
    await down.release()
    expect((await box.ok('reap', '-o', 'json')).json<Reaped>().labs).toMatchObject([{ outcome: 'destroyed' }])
    expect(await box.traces()).toEqual([])
  })

  test('leaves alone the lab whose lease is lent to it', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    const distrolab = `${process.execPath} ${CLI}`
    // It expires while it is in use: no command begins on one that did before.
    const script = `${distrolab} extend ${LAB} --ttl 1s >&2 && sleep 1.5 && ${distrolab} reap -o json`
    const lender = await box.run(['exec', LAB, '--local', '--', 'sh', '-c', script])
    expect(`${lender.code} ${lender.stderr}`).toMatch(/^0 /)
    expect(lender.json<Reaped>().labs).toMatchObject([{ lab: LAB, outcome: 'skipped', code: 'lease-held' }])
    expect(await box.state(LAB)).toBe('ready')
  })

  test('asks once at a terminal, naming what would go', async () => {
    const box = await makeSandbox()
    await make(box, LAB)
    await expire(box, LAB)
    const no = box.atTerminal('reap')
    await no.shows(`Destroy what expired (${LAB})? [y/N]`)
    no.type(`n${keys.enter}`)
    expect(await no.done).toMatchObject({ code: 2, screen: expect.stringContaining('nothing was changed') })
    expect(await box.state(LAB)).toBe('provisioned')
    const yes = box.atTerminal('reap')
    await yes.shows('[y/N]')
    yes.type(`y${keys.enter}`)
    expect(await yes.done).toMatchObject({
      code: 0,
      screen: expect.stringMatching(/debian-local +destroyed/),
    })
    expect(await box.traces()).toEqual([])
  })

  test('looks at the time again under the lease: who extended meanwhile keeps the lab', async () => {
    const box = await makeSandbox()
    await make(box, LAB)
    const asked: string[] = []
    const fates = await reap(await contextIn(box, ahead), async (labs) => {
      asked.push(...labs)
      await box.ok('extend', LAB, '--ttl', '9h')
    })
    expect(asked).toEqual([LAB])
    expect(fates).toMatchObject([{ lab: LAB, outcome: 'skipped', code: 'extended' }])
    expect(await box.record(LAB)).toMatchObject({ state: 'provisioned', command: null, failure: null })
    expect(box.machines()).toHaveLength(1)
  })

  test('goes by the clock of the store', async () => {
    const box = await makeSandbox()
    await make(box, LAB, '4h')
    expect(await reap(await contextIn(box), agreed)).toEqual([])
    expect(await reap(await contextIn(box, ahead), agreed)).toMatchObject([{ outcome: 'destroyed' }])
  })

  test('never touches a lab whose record can not be read, says so, exits 1, and still reaps the others', async () => {
    const box = await makeSandbox()
    await make(box, 'garbled')
    await make(box, 'expired')
    const garbled = await idOf(box, 'garbled')
    await expire(box, 'expired')
    const file = join(box.home, 'labs', 'garbled', 'record.json')
    const text = (await readFile(file, 'utf8')).replace('"state"', '"stat"')
    await writeFile(file, text)
    const reaped = await box.run(['reap', '-o', 'json'])
    expect(reaped.code).toBe(1)
    expect(reaped.json<Reaped>().labs).toMatchObject([
      { lab: 'expired', outcome: 'destroyed' },
      { lab: 'garbled', outcome: 'inconclusive', code: 'record-unreadable' },
    ])
    expect(await readFile(file, 'utf8')).toBe(text)
    expect(box.machines()).toMatchObject([{ id: garbled }])
    const again = await box.run(['reap'])
    expect(again).toMatchObject({ code: 1, stdout: expect.stringContaining('inconclusive, skipped') })
  })

  test('destroys nothing after a listing that failed', async () => {
    const box = await makeSandbox()
    await make(box, LAB)
    const unreadable = new BackendError({ code: 'store-unreadable', place: '/labs', reason: 'EIO' })
    const blind = await contextIn(box, (store) => ({
      ...ahead(store),
      list: () => Promise.reject(unreadable),
    }))
    const never = jest.fn(agreed)
    expect(await faultOf(reap(blind, never))).toMatchObject({ code: 'listing-failed' })
    expect(never).not.toHaveBeenCalled()
    expect(box.machines()).toHaveLength(1)
  })

  test('exits 6 when an expired lab could not be destroyed, and the next one goes on with it', async () => {
    const box = await makeSandbox()
    await make(box, LAB)
    await expire(box, LAB)
    const tofu = join(box.root, 'bin', 'tofu')
    const whole = await readFile(tofu, 'utf8')
    // Who holds the state may be at work, so nothing else removes the lab meanwhile.
    const locked = 'Error acquiring the state lock\nLock Info:\n  ID: 1\n  Who: anna@laptop\n  Created: today'
    await writeFile(tofu, whole.replace('\n', `\n[ "$1" = destroy ] && echo '${locked}' >&2 && exit 1\n`))
    const reaped = await box.run(['reap', '-o', 'json'])
    expect(reaped.code).toBe(6)
    expect(reaped.json<Reaped>().labs).toMatchObject([{ outcome: 'left', code: 'engine-locked' }])
    expect(await box.state(LAB)).toBe('destroy-failed')
    await writeFile(tofu, whole)
    expect((await box.ok('reap', '-o', 'json')).json<Reaped>().labs).toMatchObject([{ outcome: 'destroyed' }])
    expect(await box.traces()).toEqual([])
  })

  test('ends with the interrupt, after what was begun is recorded', async () => {
    const box = await makeSandbox()
    await make(box, LAB)
    await expire(box, LAB)
    const engine = await box.hold('destroy')
    const cli = box.start(['reap', '-o', 'json'])
    await waitUntil('the engine', async () => (await box.record(LAB)).engine !== null)
    cli.signal('SIGINT')
    const run = await cli.done
    expect(run.code).toBe(130)
    expect(run.json<Reaped>().labs).toMatchObject([{ outcome: 'left', code: 'interrupted' }])
    expect(await box.record(LAB)).toMatchObject({ state: 'destroy-failed', failure: { code: 'interrupted' } })
    await engine.release()
  })
})
