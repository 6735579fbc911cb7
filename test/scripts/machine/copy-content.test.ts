import { describe, expect, test } from '@jest/globals'
import { copyContent } from '../../../scripts/machine/copy-content.js'

/** Two files in memory; what is written is noted. */
function filesOf(source: Buffer) {
  const target = { bytes: Buffer.alloc(0), writes: 0 }
  const grow = (size: number): void => {
    if (size > target.bytes.length)
      target.bytes = Buffer.concat([target.bytes, Buffer.alloc(size - target.bytes.length)])
  }
  return {
    target,
    from: { read: async (at: number, length: number) => source.subarray(at, at + length) },
    to: {
      async write(block: Buffer, at: number) {
        target.writes++
        grow(at + block.length)
        block.copy(target.bytes, at)
      },
      setSize: async (size: number) => grow(size),
    },
  }
}

const BLOCK = 32 * 1024
const letters = (count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, at) => 1 + (at % 250)))

async function copied(source: Buffer, size = source.length) {
  const { target, from, to } = filesOf(source)
  let bytes = 0
  await copyContent(from, to, size, (count) => (bytes += count))
  return { ...target, counted: bytes }
}

describe('a copy', () => {
  test.each([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 200 * BLOCK + 17])(
    'of %i bytes has them all',
    async (size) => {
      const source = letters(size)
      const { bytes, counted } = await copied(source)
      expect(bytes.equals(source)).toBe(true)
      expect(counted).toBe(size)
    },
  )

  test('of a sparse file writes no holes, and keeps its size', async () => {
    const source = Buffer.concat([Buffer.alloc(50 * BLOCK), letters(10), Buffer.alloc(50 * BLOCK)])
    const { bytes, writes } = await copied(source)
    expect(bytes.equals(source)).toBe(true)
    expect(writes).toBe(1)
  })

  test('of one that says it is empty, as in /proc, goes to its end', async () => {
    const source = letters(BLOCK + 5)
    expect((await copied(source, 0)).bytes.equals(source)).toBe(true)
  })

  test('of one that is shorter than it said has what there is', async () => {
    const source = letters(100)
    expect((await copied(source, 4 * BLOCK)).bytes.equals(source)).toBe(true)
  })

  test('that fails begins nothing more', async () => {
    const { from, to } = filesOf(letters(10))
    let reads = 0
    const failing = {
      read: async (at: number, length: number) => {
        if (++reads > 3) throw new Error('gone')
        return from.read(at, length)
      },
    }
    await expect(copyContent(failing, to, 10_000 * BLOCK, () => undefined)).rejects.toThrow('gone')
    expect(reads).toBeLessThan(100)
  })
})
