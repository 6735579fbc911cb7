import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { beforeEach, expect, test } from '@jest/globals'
import { networkFilesIn, type NetworkFiles } from '../../../local-vm/network/network-files.js'
import { readBroken, withoutPair, withPair, writeBroken } from '../../../local-vm/network/pairs.js'
import { temporaryFolder } from '../../support/cli/support.js'

let files: NetworkFiles
beforeEach(async () => {
  files = networkFilesIn(temporaryFolder())
  await mkdir(files.directory)
})

test('separated pairs are kept in a file, which goes with the last of them', async () => {
  expect(await readBroken(files)).toEqual([])
  const both = withPair(withPair([['a', 'b']], ['b', 'c']), ['a', 'b'])
  await writeBroken(files, both)
  expect(await readBroken(files)).toEqual([
    ['b', 'c'],
    ['a', 'b'],
  ])
  await writeBroken(files, both.reduce(withoutPair, both))
  expect(await readdir(files.directory)).toEqual([])
})

test.each([
  ['not JSON', '{'],
  ['not a list', '{"a":"b"}'],
  ['not pairs', '[["a"],["a","a"],"ab",null,["a","b","c"]]'],
  ['not names of machines', '[["../x","a"],["A","b"]]'],
])('a file that is %s separates no one', async (_what, text) => {
  await writeFile(files.breaks, text)
  expect(await readBroken(files)).toEqual([])
})
