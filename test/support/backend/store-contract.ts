import { beforeEach, describe, expect, test } from '@jest/globals'
import type { ObjectStore } from '../../../backend/store.js'
import { faultOf } from './support.js'

interface ServerTraits {
  /** The server behind the store keeps the conditions of a delete; where it does not, the store must refuse. */
  readonly removesConditionally: boolean
}

/** What every kind of store must keep; `open` gives an empty one. */
export function describeStoreContract(
  kind: string,
  open: () => Promise<ObjectStore>,
  { removesConditionally }: ServerTraits = { removesConditionally: true },
): void {
  describe(`the ${kind} store`, () => {
    let store: ObjectStore
    beforeEach(async () => {
      store = await open()
    })
    const codeOf = async (promise: Promise<unknown>): Promise<string> => (await faultOf(promise)).code

    test('has nothing under a key never written', async () => {
      expect(await store.get('labs/a/record.json')).toBeUndefined()
      expect(await store.list('')).toEqual([])
    })

    test.each(['', '{"a":1}\n', 'two\nlines\n\n', 'trailing blanks \t \n', 'ünïcode ☃ \u0000 \r\n'])(
      'gives back the very body %j and the version that create returned',
      async (body) => {
        const version = await store.create('k', body)
        expect(await store.get('k')).toEqual({ body, version })
      },
    )

    test('refuses to create what exists, and leaves it as it was', async () => {
      const version = await store.create('k', 'first')
      expect(await codeOf(store.create('k', 'second'))).toBe('object-exists')
      expect(await store.get('k')).toEqual({ body: 'first', version })
    })

    test('replaces exactly the version it was told', async () => {
      const first = await store.create('k', '1')
      const second = await store.replace('k', '2', first)
      expect(await codeOf(store.replace('k', '3', first))).toBe('object-changed')
      expect(await store.get('k')).toEqual({ body: '2', version: second })
    })

    test('changes the version when the same body is written again', async () => {
      const versions = [await store.create('k', 'same')]
      for (let i = 0; i < 5; i++) versions.push(await store.replace('k', 'same', versions.at(-1) ?? ''))
      expect(new Set(versions).size).toBe(versions.length)
    })

    test('lets one of two writers win that both expect the same version and write the same body', async () => {
      const version = await store.create('k', 'same')
      const results = await Promise.allSettled([1, 2].map(() => store.replace('k', 'same', version)))
      expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
    })

    test('replaces nothing where nothing is', async () => {
      expect(await codeOf(store.replace('gone/k', 'x', 'v'))).toBe('object-changed')
      expect(await store.list('')).toEqual([])
    })

    if (removesConditionally) describeRemoval(() => store)
    else {
      test('refuses to remove, because its server would remove whatever is there', async () => {
        const version = await store.create('k', '1')
        expect(await codeOf(store.remove('k', version))).toBe('store-no-conditions')
        expect(await store.get('k')).toEqual({ body: '1', version })
      })
    }

    test('discards whatever is there, and nothing is fine too', async () => {
      await store.create('k', '1')
      await store.discard('k')
      expect(await store.get('k')).toBeUndefined()
      await store.discard('k')
      await store.discard('gone/k')
      expect(await store.list('')).toEqual([])
    })

    test('lists the keys that start with a prefix, sorted, and nothing else', async () => {
      const keys = [
        'labs/b/record.json',
        'labs/a/record.json',
        'labs/a/events/2.json',
        'labs/a/events/10.json',
        'x',
      ]
      for (const key of keys) await store.create(key, '')
      expect(await store.list('')).toEqual([...keys].sort())
      expect(await store.list('labs/a')).toEqual(keys.filter((key) => key.startsWith('labs/a')).sort())
      expect(await store.list('labs/a/events/1')).toEqual(['labs/a/events/10.json'])
      expect(await store.list('labs/nosuch/')).toEqual([])
    })

    test.each(['', '/etc/passwd', '../x', 'a/../b', 'a//b', 'a/', '.hidden', 'a/.b', 'a\\b', 'a\nb', 'a b'])(
      'refuses the key %j',
      async (key) => {
        expect(await codeOf(store.get(key))).toBe('key-invalid')
        expect(await codeOf(store.create(key, ''))).toBe('key-invalid')
      },
    )

    test('has a clock that does not run backwards', async () => {
      const first = await store.now()
      const second = await store.now()
      expect(second.getTime()).toBeGreaterThanOrEqual(first.getTime())
      expect(await store.list('')).toEqual([])
    })
  })
}

function describeRemoval(store: () => ObjectStore): void {
  test('removes exactly the version it was told', async () => {
    const first = await store().create('k', '1')
    const second = await store().replace('k', '2', first)
    expect((await faultOf(store().remove('k', first))).code).toBe('object-changed')
    await store().remove('k', second)
    expect(await store().get('k')).toBeUndefined()
  })

  test('removes nothing where nothing is', async () => {
    expect((await faultOf(store().remove('gone/k', 'v'))).code).toBe('object-changed')
    expect(await store().list('')).toEqual([])
  })

  test('has no version of before when the same body is created anew', async () => {
    const first = await store().create('k', 'same')
    await store().remove('k', first)
    expect(await store().create('k', 'same')).not.toBe(first)
    expect((await faultOf(store().replace('k', 'x', first))).code).toBe('object-changed')
  })
}
