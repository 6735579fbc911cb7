import { expect, test } from '@jest/globals'
import { MeetingPoint } from '../../../local-vm/machine/together.js'

test('no one goes on before all have arrived', async () => {
  const point = new MeetingPoint(2)
  const gone: string[] = []
  const first = point.arrive().then(() => gone.push('first'))
  await new Promise(setImmediate)
  expect(gone).toEqual([])
  await Promise.all([first, point.arrive()])
  expect(gone).toEqual(['first'])
})

test('no one goes on once one cannot come', async () => {
  const point = new MeetingPoint(2)
  const waiting = point.arrive()
  point.cancel(new Error('lost'))
  await expect(waiting).rejects.toThrow('lost')
  await expect(point.arrive()).rejects.toThrow('lost')
})

test('one alone does not wait', async () => {
  await new MeetingPoint(1).arrive()
})
