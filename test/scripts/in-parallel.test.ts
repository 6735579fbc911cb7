import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { inParallelOrNone } from '../../scripts/in-parallel.js'

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
