import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { ensureBackendId, readBackendId } from '../../backend/identity.js'
import { storeIn, temporaryFolder, temporaryStore } from '../support/backend/support.js'

const written = async (body: string) => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'backend.json'), body)
  return storeIn(folder)
}

test('a backend has no id before anything is made, then one for ever', async () => {
  const store = await temporaryStore()
  expect(await readBackendId(store)).toBeUndefined()
  const id = await ensureBackendId(store)
  expect(id).toMatch(/^[0-9a-f]{12}$/)
  expect([await ensureBackendId(store), await readBackendId(store)]).toEqual([id, id])
})

test('two backends never have the same one, wherever they are', async () => {
  expect(await ensureBackendId(await temporaryStore())).not.toBe(
    await ensureBackendId(await temporaryStore()),
  )
})

test('a folder that is somewhere else now keeps its id', async () => {
  const [before, parent] = [await temporaryFolder(), await temporaryFolder()]
  const id = await ensureBackendId(await storeIn(before))
  const after = join(parent, 'mounted')
  await mkdir(after)
  await cp(before, after, { recursive: true })
  expect(await ensureBackendId(await storeIn(after))).toBe(id)
})

test('of many that give one at once, all go by the same', async () => {
  const folder = await temporaryFolder()
  const stores = await Promise.all(Array.from({ length: 20 }, () => storeIn(folder)))
  expect(new Set(await Promise.all(stores.map(ensureBackendId))).size).toBe(1)
})

test.each([
  ['an empty file', ''],
  ['no JSON', 'id: 1'],
  ['no id', '{"createdAt":"2026-11-30T12:00:00.000Z"}'],
  ['an id of another form', '{"id":"../../home","createdAt":"2026-11-30T12:00:00.000Z"}'],
])('%s is refused, and never replaced', async (_what, body) => {
  const store = await written(body)
  for (const ask of [readBackendId, ensureBackendId])
    await expect(ask(store)).rejects.toMatchObject({
      fault: { code: 'identity-unreadable', place: 'backend.json' },
    })
  expect((await store.get('backend.json'))?.body).toBe(body)
})
