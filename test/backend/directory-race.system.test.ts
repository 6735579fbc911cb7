import { chmod, mkdir, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { Child } from '../support/backend/child.js'
import { expectOneWinnerEach } from '../support/backend/store-race.js'
import { storeIn, temporaryFolder } from '../support/backend/support.js'

const children: Child[] = []
async function start(count: number): Promise<Child[]> {
  const started = await Child.startMany(count)
  children.push(...started)
  return started
}
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()))
})

describe('fifty processes that race for one key', () => {
  test('have exactly one winner in each round of create and replace', async () => {
    const folder = await temporaryFolder()
    await expectOneWinnerEach(await storeIn(folder), await start(50))
    expect(await readdir(join(folder, 'labs/race'))).toEqual(['lease.json'])
  }, 60_000)
})

describe('a process killed while it holds the guard', () => {
  test('is cleared away by the next ones, which still enter one at a time', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, '.k.guard')
    const log = join(folder, 'log')
    const [holder, ...waiters] = await start(9)
    expect(await holder?.ask({ do: 'hold-guard', path })).toEqual({ value: 'held' })
    await holder?.kill()
    expect(JSON.parse(await readlink(path))).toMatchObject({ pid: holder?.process.pid })
    const answers = await Promise.all(waiters.map((waiter) => waiter.ask({ do: 'pass-guard', path, log })))
    expect(answers).toEqual(waiters.map(() => ({ value: 'passed' })))
    const lines = (await readFile(log, 'utf8')).trimEnd().split('\n')
    expect(lines).toHaveLength(16)
    lines.forEach((line, i) => {
      if (i % 2) expect(line).toBe(lines[i - 1]?.replace('in', 'out'))
    })
    expect(await readdir(folder)).toEqual(['log'])
  }, 30_000)

  test('keeps everybody out as long as it lives', async () => {
    const path = join(await temporaryFolder(), '.k.guard')
    const [holder, other] = await start(2)
    await holder?.ask({ do: 'hold-guard', path })
    holder?.signal('SIGSTOP')
    expect((await other?.ask({ do: 'hold-guard', path }))?.fault).toMatchObject({
      code: 'guard-timeout',
      pid: holder?.process.pid,
    })
  }, 30_000)
})

describe('a store that cannot be written', () => {
  test('says so when its folder is read-only, and still reads', async () => {
    const folder = await temporaryFolder()
    const { url } = await storeIn(folder)
    const version = await (await storeIn(folder)).create('labs/a/k', 'before')
    await mkdir(join(folder, 'empty'))
    for (const path of ['labs/a', 'labs', '']) await chmod(join(folder, path), 0o555)
    const [child] = await start(1)
    expect(Number((await child?.ask({ do: 'drop-privileges' }))?.value)).toBeGreaterThan(0)
    for (const order of [
      { do: 'create', url, key: 'labs/a/new', body: '' },
      { do: 'create', url, key: 'labs/new/k', body: '' },
      { do: 'replace', url, key: 'labs/a/k', body: '', version },
    ] as const) {
      expect((await child?.ask(order))?.fault).toMatchObject({
        code: 'store-unwritable',
        place: join(folder, order.key),
        reason: expect.stringContaining('EACCES'),
      })
    }
    expect(await (await storeIn(folder)).get('labs/a/k')).toEqual({ body: 'before', version })
    expect(await readdir(join(folder, 'labs/a'))).toEqual(['k'])
  }, 30_000)

  test('says so when the disk is full, and loses and leaves nothing', async () => {
    const folder = await temporaryFolder()
    const store = await storeIn(folder)
    const { url } = store
    const version = await store.create('labs/a/k', 'before')
    const child = await Child.startWithFullDisk(1)
    children.push(child)
    const body = 'x'.repeat(100_000)
    for (const order of [
      { do: 'create', url, key: 'labs/a/new', body },
      { do: 'replace', url, key: 'labs/a/k', body, version },
    ] as const) {
      expect((await child.ask(order)).fault).toMatchObject({
        code: 'store-unwritable',
        reason: expect.stringMatching(/EFBIG|ENOSPC/),
      })
    }
    expect(await store.get('labs/a/k')).toEqual({ body: 'before', version })
    expect(await readdir(join(folder, 'labs/a'))).toEqual(['k'])
  }, 30_000)
})
