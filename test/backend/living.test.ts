import { mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { BackendError } from '../../backend/errors.js'
import { livingComplete, livingKeysOf, livingPrefix, recordKey } from '../../backend/keys.js'
import type { AnyLab } from '../../backend/lab.js'
import { openLabWriter, type LabWriter } from '../../backend/lab-writer.js'
import { livingMarks, unmarkLiving } from '../../backend/living.js'
import { listLiving, listRecords } from '../../backend/record.js'
import type { ObjectStore } from '../../backend/store.js'
import {
  decided,
  disturbed,
  faultOf,
  labName,
  storeIn,
  takeLease,
  temporaryFolder,
} from '../support/backend/support.js'

let folder: string
let store: ObjectStore
beforeEach(async () => {
  folder = await temporaryFolder()
  store = await storeIn(folder)
})

const namesOf = ({ labs }: { readonly labs: readonly AnyLab[] }): string[] => labs.map(({ lab }) => lab)
const living = async (from = store): Promise<string[]> => namesOf(await listLiving(from))
const marks = (lab: string): Promise<string[]> => store.list(livingKeysOf(labName(lab)))

async function underLease(
  name: string,
  action: (writer: LabWriter) => Promise<unknown>,
  through = store,
): Promise<void> {
  const lease = await takeLease(store, labName(name), 'test')
  try {
    await action(await openLabWriter(through, lease))
  } finally {
    await lease.release()
  }
}

const make = (name: string, through = store): Promise<void> =>
  underLease(name, (writer) => writer.create(decided), through)

const destroy = (name: string, through = store): Promise<void> =>
  underLease(
    name,
    async (writer) => {
      const lab = writer.lab as AnyLab & { readonly state: 'provisioning' }
      await writer.transition(await writer.transition(lab, 'destroying'), 'destroyed')
    },
    through,
  )

const makeAgain = (name: string): Promise<void> =>
  underLease(name, async (writer) => {
    if (writer.lab?.state !== 'destroyed') throw new Error('expected a destroyed lab')
    await writer.transition(writer.lab, 'provisioning')
  })

/** As a power cut leaves it: that write and all after it never arrive. */
const cutAt = (isLast: (key: string) => boolean): ObjectStore => {
  let isCut = false
  return disturbed(store, {
    beforeWrite: async (key) => {
      isCut ||= isLast(key)
      if (isCut) throw new BackendError({ code: 'store-unwritable', place: key, reason: 'power cut' })
    },
  })
}

/** The labs of a backend of before there was an index. */
async function withoutIndex(): Promise<void> {
  await rm(join(folder, livingPrefix), { recursive: true })
}

/** Many labs that were destroyed in all the time before. */
async function makeDestroyed(count: number): Promise<void> {
  await make('dead')
  await destroy('dead')
  const body = (await store.get(recordKey(labName('dead'))))?.body ?? ''
  for (let n = 0; n < count; n++) {
    const name = labName(`dead-${n}`)
    await store.create(recordKey(name), body.replaceAll('"dead"', `"${name}"`))
  }
}

function counting(): { readonly store: ObjectStore; readonly read: string[]; readonly listed: string[] } {
  const read: string[] = []
  const listed: string[] = []
  const seen: ObjectStore = {
    ...disturbed(store, {}),
    get: (key) => (read.push(key), store.get(key)),
    list: (prefix, skipped) => (listed.push(prefix), store.list(prefix, skipped)),
  }
  return { store: seen, read, listed }
}

describe('listing the living labs', () => {
  test('reads their records and lists their index, however many were destroyed', async () => {
    await makeDestroyed(200)
    for (const name of ['a', 'b', 'c', 'd', 'e']) await make(name)
    expect((await listRecords(store)).labs).toHaveLength(206)
    const seen = counting()
    expect(await living(seen.store)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(seen.read).toHaveLength(5)
    expect(seen.listed).toEqual([livingPrefix])
  })

  test('follows each lab through its lives', async () => {
    await make('web')
    expect(await living()).toEqual(['web'])
    await destroy('web')
    expect(await living()).toEqual([])
    expect(await marks('web')).toEqual([])
    await makeAgain('web')
    expect(await living()).toEqual(['web'])
    expect(await marks('web')).toHaveLength(1)
  })

  test('finds the labs from before there was an index, and only the first time at their cost', async () => {
    await makeDestroyed(3)
    await make('old')
    await withoutIndex()
    expect(await living()).toEqual(['old'])
    const seen = counting()
    expect(await living(seen.store)).toEqual(['old'])
    expect(seen.read).toEqual(['labs/old/record.json'])
  })

  test('shows all to who may only read', async () => {
    await make('old')
    await withoutIndex()
    const readOnly = cutAt(() => true)
    expect(await living(readOnly)).toEqual(['old'])
    expect(await living(readOnly)).toEqual(['old'])
    expect(await store.list(livingPrefix)).toEqual([])
  })

  test('writes nothing where there is nothing', async () => {
    expect(await living()).toEqual([])
    expect(await store.list('')).toEqual([])
  })

  test('names a lab whose record cannot be read, before and after the index was made', async () => {
    await make('web')
    await withoutIndex()
    await store.create('labs/broken/record.json', 'garbage')
    for (let round = 0; round < 2; round++) {
      const { unreadable } = await listLiving(store)
      expect(unreadable.map(({ fault }) => fault)).toMatchObject([{ lab: 'broken' }])
    }
    expect(await store.get(livingComplete)).toBeDefined()
  })

  test('reads everything as long as something has a name that no lab can have', async () => {
    await make('web')
    await store.create('labs/Web_1/record.json', '{}')
    for (let round = 0; round < 2; round++) {
      const { unreadable } = await listLiving(store)
      expect(unreadable.map(({ fault }) => fault)).toMatchObject([{ lab: 'Web_1' }])
    }
  })

  test('reads everything where somebody put a link in the place of the index', async () => {
    await make('web')
    await living()
    await withoutIndex()
    await mkdir(join(folder, 'elsewhere'))
    await symlink(join(folder, 'elsewhere'), join(folder, livingPrefix.slice(0, -1)))
    expect(await living()).toEqual(['web'])
  })
})

describe('a power cut', () => {
  const isRecord = (key: string): boolean => key.endsWith('/record.json')
  const isMark = (key: string): boolean => key.startsWith(livingPrefix)

  test('between the index and the first record leaves no lab, and the next one is listed', async () => {
    expect((await faultOf(make('web', cutAt(isRecord)))).code).toBe('store-unwritable')
    await make('other')
    await listRecords(store)
    expect(await marks('web')).toHaveLength(1)
    expect(await living()).toEqual(['other'])
    await make('web')
    expect(await living()).toEqual(['other', 'web'])
    await destroy('web')
    expect(await marks('web')).toEqual([])
  })

  test('before the index was written leaves no record', async () => {
    expect((await faultOf(make('web', cutAt(isMark)))).code).toBe('store-unwritable')
    expect(await store.get('labs/web/record.json')).toBeUndefined()
  })

  test('between the last record and the index leaves a destroyed lab in it, which is not shown', async () => {
    await make('web')
    await living()
    await destroy('web', cutAt(isMark))
    expect(await marks('web')).toHaveLength(1)
    expect(await living()).toEqual([])
    await makeAgain('web')
    await destroy('web')
    expect(await marks('web')).toEqual([])
  })
})

test('who was destroying a lab and comes late takes nothing from its next life', async () => {
  await make('web')
  const seenBefore = await livingMarks(store, labName('web'))
  await destroy(
    'web',
    cutAt((key) => key.startsWith(livingPrefix)),
  )
  await makeAgain('web')
  await unmarkLiving(store, seenBefore)
  await listRecords(store)
  expect(await living()).toEqual(['web'])
})
