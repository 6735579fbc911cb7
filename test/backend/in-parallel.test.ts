import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { inParallel } from '../../backend/in-parallel.js'

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
