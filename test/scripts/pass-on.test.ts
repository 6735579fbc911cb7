import { PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { passOn } from '../../scripts/pass-on.js'

const turns = async (count: number): Promise<void> => {
  for (let at = 0; at < count; at++) await turn()
}

test('nothing more is given before what was given is taken, and the order stays', async () => {
  const source = new PassThrough()
  const given: string[] = []
  const takings: (() => void)[] = []
  passOn(
    source,
    (chunk) => {
      given.push(chunk.toString())
      return new Promise<void>((resolve) => takings.push(resolve))
    },
    () => undefined,
  )
  source.write('a')
  await turns(5)
  source.write('b')
  source.write('c')
  await turns(5)
  expect(given).toEqual(['a'])
  takings[0]?.()
  await turns(5)
  expect(given).toEqual(['a', 'b'])
  takings[1]?.()
  await turns(5)
  expect(given).toEqual(['a', 'b', 'c'])
})

test('a source is slowed down with its taker', async () => {
  const source = new PassThrough()
  passOn(
    source,
    () => new Promise<void>(() => undefined),
    () => undefined,
  )
  source.write('a')
  await turns(5)
  while (source.write(Buffer.alloc(4096))) await turn()
  expect(source.readableLength + source.writableLength).toBeLessThan(200_000)
})

test('once nobody takes any more, that is said once, and the rest is thrown away', async () => {
  const source = new PassThrough()
  let given = 0
  let left = 0
  passOn(
    source,
    () => {
      given++
      return Promise.reject(new Error('EPIPE'))
    },
    () => left++,
  )
  source.write('a')
  await turns(5)
  source.write('b')
  source.end('c')
  await new Promise((resolve) => source.on('end', resolve))
  expect([given, left]).toEqual([1, 1])
})
