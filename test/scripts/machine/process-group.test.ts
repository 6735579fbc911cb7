import { expect, test } from '@jest/globals'
import { ProcessGroup } from '../../../scripts/machine/process-group.js'

function outputOf(give: (group: ProcessGroup, said: Buffer) => void): string {
  const chunks: Buffer[] = []
  const group = new ProcessGroup((chunk) => chunks.push(chunk))
  const [mark = ''] = /distrolab-\S+/.exec(group.telling('x')) ?? []
  give(group, Buffer.from(`${mark} 4711\n`))
  group.end()
  return Buffer.concat(chunks).toString('latin1')
}

test.each([1, 2, 7, 1000])('the line is taken out of an output in chunks of %i, byte by byte', (size) => {
  const [before, after] = [Buffer.from('noise of a profile\n'), Buffer.from([0, 255, 10, 195, 164])]
  const output = outputOf((group, said) => {
    const all = Buffer.concat([before, said, after])
    for (let at = 0; at < all.length; at += size) group.take(all.subarray(at, at + size))
  })
  expect(output).toBe(Buffer.concat([before, after]).toString('latin1'))
})

test('an output without the line is passed on at its end', () => {
  expect(outputOf((group) => group.take(Buffer.from('no such shell')))).toBe('no such shell')
})
