import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { describeStoreContract } from '../support/backend/store-contract.js'
import { faultOf, storeIn, temporaryFolder, temporaryStore } from '../support/backend/support.js'

describeStoreContract('directory', temporaryStore)

describe('a directory store on disk', () => {
  test('keeps a JSON body valid JSON for every other reader', async () => {
    const folder = await temporaryFolder()
    await (await storeIn(folder)).create('labs/a/record.json', '{"state":"ready"}\n')
    expect(JSON.parse(await readFile(join(folder, 'labs/a/record.json'), 'utf8'))).toEqual({ state: 'ready' })
  })

  test('leaves no draft, guard or probe behind', async () => {
    const folder = await temporaryFolder()
    const store = await storeIn(folder)
    const version = await store.create('a/k', '1')
    await store.replace('a/k', '2', version)
    await faultOf(store.create('a/k', '3'))
    await store.now()
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(['a', 'a/k'])
  })

  test('reads, replaces and removes a file that an editor has written', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'k'), 'by hand')
    const store = await storeIn(folder)
    const found = await store.get('k')
    expect(found?.body).toBe('by hand')
    await writeFile(join(folder, 'k'), 'by hand again')
    expect((await faultOf(store.replace('k', 'x', found?.version ?? ''))).code).toBe('object-changed')
    await store.remove('k', (await store.get('k'))?.version ?? '')
    expect(await store.get('k')).toBeUndefined()
  })

  test('does not make a folder anew to find out that its object is gone', async () => {
    const folder = await temporaryFolder()
    const store = await storeIn(folder)
    const version = await store.create('labs/a/lease.json', '{}')
    await rm(join(folder, 'labs'), { recursive: true })
    expect((await faultOf(store.replace('labs/a/lease.json', '{}', version))).code).toBe('object-changed')
    expect((await faultOf(store.remove('labs/a/lease.json', version))).code).toBe('object-changed')
    expect(await readdir(folder)).toEqual([])
  })

  test('ignores what killed writers and OpenTofu left', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'labs/a'), { recursive: true })
    await writeFile(join(folder, 'labs/a/.record.json.1234.draft'), 'half a rec')
    await writeFile(join(folder, 'labs/a/.tofu.tfstate.lock.info'), '{}')
    const store = await storeIn(folder)
    expect(await store.list('labs/')).toEqual([])
    await store.create('labs/a/record.json', 'whole')
    expect(await store.list('labs/')).toEqual(['labs/a/record.json'])
  })

  test('names place and reason when a file stands where its folder should be', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'labs'), '')
    const store = await storeIn(folder)
    const place = join(folder, 'labs/a/record.json')
    expect(await faultOf(store.create('labs/a/record.json', '{}'))).toMatchObject({
      code: 'store-unwritable',
      place,
      reason: expect.stringContaining('ENOTDIR'),
    })
    expect(await faultOf(store.get('labs/a/record.json'))).toMatchObject({ code: 'store-unreadable', place })
  })
})
