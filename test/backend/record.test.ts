import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { readHistory } from '../../backend/events.js'
import { recordKey } from '../../backend/keys.js'
import { directoryLocation } from '../../backend/location.js'
import { openStore } from '../../backend/open-store.js'
import { openLabWriter } from '../../backend/lab-writer.js'
import { listRecords, readRecord } from '../../backend/record.js'
import type { ObjectStore } from '../../backend/store.js'
import {
  decided,
  faultOf,
  labName,
  storeIn,
  takeLease,
  temporaryFolder,
  temporaryStore,
} from '../support/backend/support.js'

let store: ObjectStore
beforeEach(async () => {
  store = await temporaryStore()
})

async function makeLab(name: string): Promise<void> {
  const lease = await takeLease(store, labName(name), 'up')
  const writer = await openLabWriter(store, lease)
  await writer.create(decided)
  await lease.release()
}

describe('a record', () => {
  test('is absent for a name never used', async () => {
    expect(await readRecord(store, labName('nosuch'))).toBeUndefined()
  })

  test.each(['', 'garbage', '{"state":', 'null', '[]', '\u0000\u0001'])(
    '%j is unreadable, with its place',
    async (body) => {
      await store.create(recordKey(labName('demo')), body)
      expect(await faultOf(readRecord(store, labName('demo')))).toMatchObject({
        code: 'record-unreadable',
        lab: 'demo',
        place: 'labs/demo/record.json',
        problems: expect.arrayContaining([expect.stringContaining('labs/demo/record.json: ')]),
      })
    },
  )

  test('that is damaged has all its problems told at once, with field, expected and got', async () => {
    await makeLab('demo')
    const stored = await store.get(recordKey(labName('demo')))
    const record = JSON.parse(stored?.body ?? '') as Record<string, unknown>
    const damaged = {
      ...record,
      state: 'sleeping',
      region: undefined,
      machines: [{ ...decided.machines[0], port: '22' }],
      sshKey: { publicKey: '-----BEGIN OPENSSH PRIVATE KEY-----', source: 'file' },
    }
    await store.replace(recordKey(labName('demo')), JSON.stringify(damaged), stored?.version ?? '')
    const fault = await faultOf(readRecord(store, labName('demo')))
    const problems = fault.code === 'record-unreadable' ? fault.problems : []
    expect(problems).toHaveLength(4)
    expect(problems.join('\n')).toMatch(/\/state expected one of \[.*"ready".*\], got "sleeping"/)
    expect(problems.join('\n')).toMatch(/\/region expected a value, got none/)
    expect(problems.join('\n')).toMatch(
      /\/machines\/0\/port expected a whole number from 1 to 65535 or null, got "22"/,
    )
    expect(problems.join('\n')).toMatch(/\/sshKey\/publicKey expected .*, got "-----BEGIN/)
  })

  test('copied from another lab is not taken for this one', async () => {
    await makeLab('demo')
    await store.create('labs/other/record.json', (await store.get('labs/demo/record.json'))?.body ?? '')
    expect((await faultOf(readRecord(store, labName('other')))).code).toBe('record-unreadable')
  })

  test('with a field of another version is read, and keeps it', async () => {
    await makeLab('demo')
    const stored = await store.get('labs/demo/record.json')
    const body = JSON.stringify({ ...(JSON.parse(stored?.body ?? '') as object), later: 1 })
    await store.replace('labs/demo/record.json', body, stored?.version ?? '')
    expect((await readRecord(store, labName('demo')))?.lab).toHaveProperty('later', 1)
  })

  test('that is unreadable hides no other in the list', async () => {
    await makeLab('b')
    await makeLab('a')
    await store.create('labs/broken/record.json', 'garbage')
    const { labs, unreadable } = await listRecords(store)
    expect(labs.map((lab) => lab.lab)).toEqual(['a', 'b'])
    expect(unreadable.map((error) => error.fault)).toMatchObject([
      { code: 'record-unreadable', lab: 'broken' },
    ])
  })

  test('that is unreadable still lets its history be read', async () => {
    await makeLab('demo')
    const stored = await store.get('labs/demo/record.json')
    await store.replace('labs/demo/record.json', 'garbage', stored?.version ?? '')
    const { events, unreadable } = await readHistory(store, labName('demo'))
    expect(events.map((event) => event.to)).toEqual(['provisioning'])
    expect(unreadable).toHaveLength(1)
  })
})

describe('in a folder', () => {
  const bad: readonly (readonly [what: string, make: (file: string) => Promise<void>, why: RegExp])[] = [
    ['cut off', (file) => writeFile(file, '{"state":"ready","la'), /expected a JSON document/],
    [
      'of another version',
      (file) => writeFile(file, '{"state":"paused"}'),
      /another version of distrolab may have written it/,
    ],
    [
      'too large',
      async (file) => {
        await writeFile(file, '{')
        await truncate(file, 17_000_000)
      },
      /a file that is far too large/,
    ],
    ['a link to itself', (file) => symlink(file, file), /a symbolic link/],
  ]

  test.each(bad)('a record that is %s hides no other, and says why', async (_what, make, why) => {
    const folder = await temporaryFolder()
    store = await storeIn(folder)
    await makeLab('a')
    await mkdir(join(folder, 'labs/bad'))
    await make(join(folder, 'labs/bad/record.json'))
    const { labs, unreadable } = await listRecords(store)
    expect(labs.map(({ lab }) => lab)).toEqual(['a'])
    expect(unreadable.map(({ fault }) => fault)).toMatchObject([
      {
        code: 'record-unreadable',
        lab: 'bad',
        problems: expect.arrayContaining([expect.stringMatching(why)]),
      },
    ])
  })

  test('a record under a name that no lab may have is told, not passed over', async () => {
    await makeLab('a')
    await store.create('labs/Web_1/record.json', '{}')
    const { labs, unreadable } = await listRecords(store)
    expect(labs).toHaveLength(1)
    expect(unreadable.map(({ fault }) => fault)).toMatchObject([{ code: 'record-unreadable', lab: 'Web_1' }])
  })

  test('there are no labs where nobody named the folder; a named one must be there', async () => {
    const nowhere = directoryLocation(join(await temporaryFolder(), 'nowhere'))
    const none = { labs: [], unreadable: [] }
    expect(await listRecords(await openStore(nowhere, { isImplied: true }))).toEqual(none)
    const fault = await faultOf(listRecords(await openStore(nowhere)))
    expect(fault).toEqual({ code: 'store-folder-missing', place: nowhere.path })
    expect(await listRecords(await storeIn(await temporaryFolder()))).toEqual(none)
  })
})
