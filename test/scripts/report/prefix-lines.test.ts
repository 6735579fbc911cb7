import { expect, test } from '@jest/globals'
import { prefixLines } from '../../../scripts/report/prefix-lines.js'

async function prefixed(chunks: readonly (string | Buffer)[]): Promise<Buffer> {
  const taken: Buffer[] = []
  const lines = prefixLines('m1 | ', (chunk) => void taken.push(chunk))
  for (const chunk of chunks) await lines.take(Buffer.from(chunk as Buffer))
  await lines.flush()
  return Buffer.concat(taken)
}

test.each([
  { chunks: ['one\ntwo\n'], gives: 'm1 | one\nm1 | two\n' },
  { chunks: ['o', 'ne\nt', 'wo\n'], gives: 'm1 | one\nm1 | two\n' },
  { chunks: ['no end'], gives: 'm1 | no end\n' },
  { chunks: ['\n\n'], gives: 'm1 | \nm1 | \n' },
  { chunks: [], gives: '' },
])('$chunks becomes $gives', async ({ chunks, gives }) => {
  expect((await prefixed(chunks)).toString()).toBe(gives)
})

test('bytes that are no text stay as they are', async () => {
  const bytes = Buffer.from([0xff, 0x00, 0xc3, 0x0a])
  expect(await prefixed([bytes])).toEqual(Buffer.concat([Buffer.from('m1 | '), bytes]))
})

test('a line without an end does not fill the memory', async () => {
  const taken: number[] = []
  const lines = prefixLines('', (chunk) => void taken.push(chunk.length))
  for (let count = 0; count < 100; count += 1) await lines.take(Buffer.alloc(4096, 'x'))
  expect(Math.max(...taken)).toBeLessThan(80_000)
})
