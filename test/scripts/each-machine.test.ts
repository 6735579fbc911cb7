import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { onEachMachine } from '../../scripts/each-machine.js'
import { LabError } from '../../scripts/errors.js'

const machines = Array.from({ length: 20 }, (_, n) => ({ name: `m${n}` }))
let told: string[]
const control = (signal = new AbortController().signal) => ({
  signal,
  detail: (text: string): void => void told.push(text),
})
beforeEach(() => {
  told = []
})

describe('what is done to every machine of a lab', () => {
  test('is done to several at once, with a bound, and answered in their order', async () => {
    let [atWork, most] = [0, 0]
    const names = await onEachMachine(machines, control(), async ({ name }, _step, index) => {
      most = Math.max(most, ++atWork)
      await sleep(20 - index)
      atWork--
      return name
    })
    expect(names).toEqual(machines.map(({ name }) => name))
    expect([most > 1, most <= 8]).toEqual([true, true])
  })

  test('ends with the first failure, once the others have ended, which are stopped', async () => {
    const ended: string[] = []
    const all = onEachMachine(machines.slice(0, 3), control(), async ({ name }, { signal }) => {
      if (name === 'm1') throw new LabError({ code: 'no-free-port' })
      await sleep(60_000, undefined, { signal })
        .catch(() => signal.throwIfAborted())
        .finally(() => ended.push(name))
    })
    await expect(all).rejects.toMatchObject({ fault: { code: 'no-free-port' } })
    expect(ended).toEqual(['m0', 'm2'])
    expect(told).toEqual([])
  })

  test('leaves none out for the failure of another, and tells what else has failed', async () => {
    const tried: string[] = []
    const all = onEachMachine(machines, control(), async ({ name }) => {
      tried.push(name)
      if (name === 'm0') throw new Error('first')
      if (name === 'm19') throw new LabError({ code: 'usage', problem: 'The last one.' })
    })
    await expect(all).rejects.toThrow('first')
    expect(tried).toHaveLength(20)
    expect(told).toEqual(['m19: The last one.'])
  })

  test('tells which machine it is about where there are several', async () => {
    const say = (given: readonly { readonly name: string }[]): Promise<void[]> =>
      onEachMachine(given, control(), async (_machine, { detail }) => detail('port closed'))
    await say(machines.slice(0, 1))
    await say(machines.slice(0, 2))
    expect(told).toEqual(['port closed', 'm0: port closed', 'm1: port closed'])
  })

  test('ends with the reason of the caller', async () => {
    const stop = new AbortController()
    const all = onEachMachine(machines, control(stop.signal), async ({ name }, { signal }) => {
      if (name === 'm3') stop.abort(new Error('enough'))
      signal.throwIfAborted()
    })
    await expect(all).rejects.toThrow('enough')
  })
})
