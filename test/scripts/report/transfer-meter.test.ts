import { expect, test } from '@jest/globals'
import { TransferMeter } from '../../../scripts/report/transfer-meter.js'

function metered() {
  const said: string[] = []
  const progress = {
    beginStep: (name: string) => void said.push(`begin ${name}`),
    detail: (text: string) => void said.push(text),
    endStep: () => void said.push('end'),
    failStep: () => void said.push('failed'),
    say: () => undefined,
    close: () => undefined,
  }
  const clock = { now: 1_000 }
  return { said, clock, meter: new TransferMeter(progress, '--copy disk', () => clock.now) }
}

test('a transfer that is done within two seconds shows nothing', () => {
  const { said, clock, meter } = metered()
  clock.now += 1_900
  meter.add(50_000_000)
  meter.end()
  expect(said).toEqual([])
})

test('one that takes longer shows how much is over and how fast, twice a second', () => {
  const { said, clock, meter } = metered()
  for (const ms of [1_000, 1_000, 100, 100, 300, 500]) {
    clock.now += ms
    meter.add(2_000_000)
  }
  meter.end()
  expect(said).toEqual(['begin --copy disk', '4 MB, 2 MB/s', '10 MB, 4 MB/s', '12 MB, 4 MB/s', 'end'])
})

test('one that fails says so', () => {
  const { said, clock, meter } = metered()
  clock.now += 3_000
  meter.add(3_000_000)
  meter.fail()
  expect(said).toEqual(['begin --copy disk', '3 MB, 1 MB/s', 'failed'])
})
