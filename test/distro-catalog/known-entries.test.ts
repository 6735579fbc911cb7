import { describe, expect, test } from '@jest/globals'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readKnownEntry } from '../../distro-catalog/assemble.js'
import { keyOf, readKnownEntries } from '../../distro-catalog/known-entries.js'
import { shippedDirectory } from '../../distro-catalog/load.js'
import { validateDistro } from '../../distro-catalog/validate.js'
import { plum44 } from '../support/distro-catalog/temporary-catalog.js'

const file = 'plum-44.yaml'
const known = { [keyOf(file, plum44)]: { name: 'as it was at the build' } }

describe('a file that was valid at the build', () => {
  test('is not read again', () => {
    expect(readKnownEntry({ file, text: plum44 }, validateDistro, known)).toEqual({
      ok: true,
      value: { name: 'as it was at the build' },
    })
  })

  test('is read again once it has changed, or has another name', () => {
    const changed = { file, text: plum44.replace('btrfs', 'zfs') }
    expect(readKnownEntry(changed, validateDistro, known)).toMatchObject({ ok: false })
    expect(readKnownEntry({ file: 'plum-45.yaml', text: plum44 }, validateDistro, known)).toMatchObject({
      ok: false,
    })
  })
})

test('without a build nothing is known, and all is read', () => {
  expect(readKnownEntries(new URL('file:///nowhere/known-entries.json'))).toEqual({})
  expect(readKnownEntry({ file, text: plum44 }, validateDistro, {})).toMatchObject({ ok: true })
})

test('the build knows every file of the shipped catalog', async () => {
  const known = readKnownEntries()
  const shipped = shippedDirectory()
  const files = (await readdir(shipped, { recursive: true })).filter((name) => name.endsWith('.yaml'))
  expect(files).toContain('aliases.yaml')
  for (const name of files)
    expect(known).toHaveProperty([keyOf(name, await readFile(join(shipped, name), 'utf8'))])
})
