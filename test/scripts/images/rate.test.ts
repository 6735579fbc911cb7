import { expect, test } from '@jest/globals'
import { Rate } from '../../../scripts/images/rate.js'

test('what an earlier command has moved counts as done, and not as speed', () => {
  const rate = new Rate()
  expect(rate.text(8_000_000, 20_000_000, 1_000)).toBe('8 MB of 20 MB')
  expect(rate.text(12_000_000, 20_000_000, 3_000)).toBe('12 MB of 20 MB, 2 MB/s')
})

test('a transfer whose length nobody tells is told without it', () => {
  const rate = new Rate()
  rate.text(0, undefined, 0)
  expect(rate.text(500, undefined, 1_000)).toBe('500 B, 500 B/s')
})
