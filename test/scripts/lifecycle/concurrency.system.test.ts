import { describe, expect, jest, test } from '@jest/globals'
import { useSandboxes } from '../../stand-in/sandbox.js'

jest.setTimeout(90_000)
const makeSandbox = useSandboxes()
const LAB = 'debian-local'

describe('commands on one lab at the same moment', () => {
  test.each([2, 8])('of %i first ups one makes the machine, the others reconnect to it', async (count) => {
    const box = await makeSandbox()
    const runs = Array.from({ length: count }, () => box.run(['up', '--profile', LAB, '-o', 'json']))
    const results = await Promise.all(runs)
    expect(results.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual(results.map(() => 0))
    const reused = results.map((result) => result.json<{ reused: boolean }>().reused)
    expect(reused.filter((one) => !one)).toHaveLength(1)
    expect(box.machines()).toHaveLength(1)
    expect((await box.transitions(LAB)).filter((event) => event === 'new -> provisioning')).toHaveLength(1)
    expect(await box.engineCalls()).toEqual(['init', 'apply'])
    expect((await box.ok('exec', LAB, '--', 'echo', 'works')).stdout).toBe('works\n')
    await box.ok('down', LAB)
    expect(await box.traces()).toEqual([])
  })

  test('with --wait-lock 0 the second up exits 4 at once and names the holder', async () => {
    const box = await makeSandbox()
    await box.knobs({ holdStart: true })
    const first = box.start(['up', '--profile', LAB])
    await first.says('] apply')
    const second = await box.run(['up', '--profile', LAB, '--wait-lock', '0', '-o', 'json'])
    expect(second.code).toBe(4)
    expect(second.stderr).toContain(`(pid ${first.pid}), running up since`)
    expect(second.json()).toMatchObject({ error: { code: 'lease-held', exitCode: 4 } })
    await box.knobs({})
    expect((await first.done).code).toBe(0)
  })

  test('Ctrl-C ends the waiting for the lease and changes nothing', async () => {
    const box = await makeSandbox()
    await box.knobs({ holdStart: true })
    const first = box.start(['up', '--profile', LAB])
    await first.says('] apply')
    const second = box.start(['up', '--profile', LAB])
    await second.says('Waiting for the lease')
    second.signal('SIGINT')
    expect((await second.done).code).toBe(130)
    await box.knobs({})
    expect((await first.done).code).toBe(0)
    expect((await box.record(LAB)).failure).toBeNull()
  })

  test('an up that waits for a down makes a new lab after it', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    const hold = await box.hold('destroy')
    const down = box.start(['down', LAB])
    await down.says('] destroy')
    const up = box.start(['up', '--profile', LAB, '-o', 'json'])
    await up.says('has been running down')
    await hold.release()
    expect((await down.done).code).toBe(0)
    const result = await up.done
    expect(`${result.code} ${result.stderr}`).toMatch(/^0 /)
    expect(result.json()).toMatchObject({ state: 'ready', reused: false })
    expect(box.machines()).toHaveLength(1)
    expect((await box.ok('exec', LAB, '--', 'echo', 'works')).stdout).toBe('works\n')
  })

  test('a down that waits for an up destroys what it made', async () => {
    const box = await makeSandbox()
    await box.knobs({ holdStart: true })
    const up = box.start(['up', '--profile', LAB])
    await up.says('] apply')
    const down = box.start(['down', LAB])
    await down.says('has been running up')
    await box.knobs({})
    expect((await up.done).code).toBe(0)
    expect((await down.done).code).toBe(0)
    expect(await box.traces()).toEqual([])
    expect(await box.state(LAB)).toBe('destroyed')
  })
})
