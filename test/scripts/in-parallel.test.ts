import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { inParallel, inParallelOrNone } from '../../scripts/in-parallel.js'

test('as many actions as allowed run at once, and their results are in the order of the items', async () => {
  let running = 0
  let most = 0
  const results = await inParallel([5, 1, 4, 2, 3], 2, async (item) => {
    most = Math.max(most, ++running)
    await sleep(item)
    running--
    return item * 10
  })
  expect(results).toEqual([50, 10, 40, 20, 30])
  expect(most).toBe(2)
})

test('nothing to do is done', async () => {
  expect(await inParallel([], 4, () => Promise.reject(new Error('called')))).toEqual([])
})

test('a failure is thrown', async () => {
  await expect(inParallel([1, 2], 1, (item) => Promise.reject(new Error(`no ${item}`)))).rejects.toThrow(
    'no 1',
  )
})

describe('what is worth nothing in part', () => {
  const never = new AbortController().signal

  test('ends with the first failure, which stops the others and is thrown when all have ended', async () => {
    const ended: string[] = []
    const all = inParallelOrNone(['slow', 'bad', 'late'], 2, never, async (item, signal) => {
      if (item === 'bad') throw new Error('no bad')
      await sleep(60_000, undefined, { signal }).finally(() => ended.push(item))
    })
    await expect(all).rejects.toThrow('no bad')
    expect(ended).toEqual(['slow'])
  })

  test("ends with the caller's signal", async () => {
    const stop = new AbortController()
    const all = inParallelOrNone([1, 2, 3], 1, stop.signal, async (item) => {
      if (item === 2) stop.abort(new Error('enough'))
    })
    await expect(all).rejects.toThrow('enough')
  })
})
