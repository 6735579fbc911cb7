import { afterEach, describe, expect, test } from '@jest/globals'
import { chmod, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { directoryLocation } from '../../backend/location.js'
import { openStore } from '../../backend/open-store.js'
import { storeIn, temporaryFolder } from '../support/backend/support.js'

let before: number
afterEach(() => void process.umask(before))

const key = 'labs/a/record.json'

/** Of the object, the folders that it lies in and the top folder, in octal. */
async function modesBelow(root: string): Promise<string[]> {
  const paths = [join(root, key), dirname(join(root, key)), join(root, 'labs'), root]
  const found = await Promise.all(paths.map((path) => stat(path)))
  return found.map(({ mode }) => (mode & 0o7777).toString(8))
}

describe.each([0o000, 0o022, 0o077])('under the umask %o', (umask) => {
  test("what a new directory backend holds is its owner's alone", async () => {
    const root = join(await temporaryFolder(), 'state', 'labs')
    before = process.umask(umask)
    const store = await storeIn(root)
    await store.replace(key, '{"n":2}', await store.create(key, '{"n":1}'))
    expect(await modesBelow(root)).toEqual(['600', '700', '700', '700'])
  })

  test("a team's folder passes its mode on, with the group", async () => {
    const root = await temporaryFolder()
    await chmod(root, 0o2770)
    before = process.umask(umask)
    const store = await storeIn(root)
    await store.replace(key, '{"n":2}', await store.create(key, '{"n":1}'))
    expect(await modesBelow(root)).toEqual(['660', '2770', '2770', '2770'])
  })

  test("in the user's own state folder an open mode of that folder is not passed on", async () => {
    const root = await temporaryFolder()
    await chmod(root, 0o755)
    before = process.umask(umask)
    const store = await openStore(directoryLocation(root), { isPrivate: true })
    await store.replace(key, '{"n":2}', await store.create(key, '{"n":1}'))
    expect(await modesBelow(root)).toEqual(['600', '700', '700', '755'])
  })
})
