import { createServer } from 'node:net'
import { mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from '@jest/globals'
import type { Bucket } from '../../backend/bucket.js'
import { BucketStore } from '../../backend/bucket-store.js'
import { readHistory } from '../../backend/events.js'
import { openLabWriter } from '../../backend/lab-writer.js'
import { assertSize, largestFile } from '../../backend/plain-file.js'
import { listRecords, readRecord } from '../../backend/record.js'
import type { ObjectStore } from '../../backend/store.js'
import { decided, faultOf, labName, storeIn, takeLease, temporaryFolder } from '../support/backend/support.js'

const KEY = 'labs/demo/record.json'
let root: string
let outside: string
let store: ObjectStore
beforeEach(async () => {
  root = await temporaryFolder()
  outside = await temporaryFolder()
  store = await storeIn(root)
})

describe('a link in the place of an object', () => {
  beforeEach(async () => {
    await mkdir(join(root, 'labs/demo'), { recursive: true })
    await writeFile(join(outside, 'secret'), 'secret')
    await symlink(join(outside, 'secret'), join(root, KEY))
  })

  test('is neither read, written nor removed, and is named', async () => {
    const refusal = { code: 'file-refused', place: join(root, KEY), found: 'link' }
    expect(await faultOf(store.get(KEY))).toEqual(refusal)
    expect(await faultOf(store.create(KEY, 'x'))).toEqual(refusal)
    expect(await faultOf(store.replace(KEY, 'x', 'v'))).toEqual(refusal)
    expect(await faultOf(store.remove(KEY, 'v'))).toEqual(refusal)
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('secret')
  })

  test('is a record that can not be read, which hides no other', async () => {
    const { labs, unreadable } = await listRecords(store)
    expect(labs).toEqual([])
    expect(unreadable.map(({ fault }) => fault)).toEqual([
      {
        code: 'record-unreadable',
        lab: 'demo',
        place: KEY,
        problems: [`${join(root, KEY)}: expected a plain file, got a symbolic link`],
      },
    ])
  })
})

describe.each([
  ['of all labs', 'labs'],
  ['of a lab', 'labs/demo'],
  ["of a lab's events", 'labs/demo/events'],
])('a link in the place of the folder %s', (_which, folder) => {
  const key = `${folder}/x/y`.split('/').slice(0, 4).join('/')
  beforeEach(async () => {
    await mkdir(join(root, folder, '..'), { recursive: true })
    await symlink(outside, join(root, folder))
  })

  test('is refused by name, and nothing is written where it leads', async () => {
    const refusal = { code: 'file-refused', place: join(root, folder), found: 'link' }
    expect(await faultOf(store.get(key))).toEqual(refusal)
    expect(await faultOf(store.create(key, 'x'))).toEqual(refusal)
    expect(await faultOf(store.replace(key, 'x', 'v'))).toEqual(refusal)
    expect(await faultOf(store.list(`${folder}/`))).toEqual(refusal)
    expect(await readdir(outside)).toEqual([])
  })
})

test.each([
  ['a folder in the place of a record', KEY, 'folder', (path: string) => mkdir(path, { recursive: true })],
  ["a link in the place of a lab's folder", 'labs/demo', 'link', (path: string) => symlink(outside, path)],
])('%s hides no lab', async (_what, place, found, put) => {
  await mkdir(join(root, 'labs'))
  await put(join(root, place))
  const { unreadable } = await listRecords(store)
  const words = found === 'link' ? 'a symbolic link' : 'a folder'
  expect(unreadable.map(({ fault }) => fault)).toEqual([
    {
      code: 'record-unreadable',
      lab: 'demo',
      place: KEY,
      problems: [`${join(root, place)}: expected a plain file, got ${words}`],
    },
  ])
})

test("a file in the place of a lab's folder hides no lab, and one of a stranger's name is none", async () => {
  await mkdir(join(root, 'labs'))
  await writeFile(join(root, 'labs/demo'), '')
  await writeFile(join(root, 'labs/README'), '')
  const { unreadable } = await listRecords(store)
  expect(unreadable.map(({ fault }) => fault)).toMatchObject([{ code: 'record-unreadable', lab: 'demo' }])
})

test('a root that is a link is where the user wants it', async () => {
  await symlink(outside, join(root, 'link'))
  const linked = await storeIn(join(root, 'link'))
  await linked.create(KEY, 'x')
  expect((await linked.get(KEY))?.body).toBe('x')
})

test('a file far beyond any record is not read', async () => {
  await mkdir(join(root, 'labs/demo'), { recursive: true })
  await writeFile(join(root, KEY), '')
  await truncate(join(root, KEY), largestFile + 1)
  expect(await faultOf(store.get(KEY))).toMatchObject({ code: 'file-refused', found: 'oversized' })
  expect(await faultOf(readRecord(store, labName('demo')))).toMatchObject({ code: 'record-unreadable' })
  await truncate(join(root, KEY), largestFile)
  expect((await store.get(KEY))?.body).toHaveLength(largestFile)
})

test('a socket among the events hides no other', async () => {
  const lease = await takeLease(store, labName('demo'), 'up')
  await (await openLabWriter(store, lease)).create(decided)
  await lease.release()
  const { events } = await readHistory(store, labName('demo'))
  expect(events.length).toBeGreaterThan(0)
  const folder = join(root, 'labs/demo/events')
  const server = createServer()
  await new Promise<void>((listening) => server.listen(join(folder, 'socket'), listening))
  try {
    const found = await readHistory(store, labName('demo'))
    expect(found.events).toEqual(events)
    expect(found.unreadable.map(({ fault }) => fault)).toMatchObject([
      { problems: [expect.stringContaining('got a pipe, socket or device')] },
    ])
  } finally {
    await new Promise((closed) => server.close(closed))
  }
})

test('an object of a bucket that is far too large is refused at once, not asked for again', async () => {
  let reads = 0
  const bucket = {
    kind: 's3',
    endpoint: 'https://s3.example.org',
    explain: () => ({ kind: 'passing', reason: 'again' }),
    read: async (path: string) => {
      reads += 1
      assertSize(`s3://labs/${path}`, largestFile + 1)
    },
  } as unknown as Bucket
  const place = `s3://labs/${KEY}`
  const large = new BucketStore(bucket, '', 's3://labs')
  expect(await faultOf(large.get(KEY))).toEqual({ code: 'file-refused', place, found: 'oversized' })
  expect(reads).toBe(1)
})
