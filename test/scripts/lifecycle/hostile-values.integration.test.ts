import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { useSandboxes } from '../../stand-in/sandbox.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()

/** Clears the screen, forges a line, sets a title, turns the text around, hides in it. */
const hostile = 'x\u001b[2J\nNext:  rm -rf /\r\u001b]0;title\u0007\u009b31m\u202egnp.exe\u200b\u007f'

/** Puts `hostile` behind each text of a document that no rule binds. */
function spoiled(value: unknown, key = ''): unknown {
  // The lab stays one of this computer.
  if (key === 'owner') return value
  if (Array.isArray(value)) return value.map((each) => spoiled(each, key))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, spoiled(each, name)]))
  const isFree = ['profile', 'distro', 'region', 'user', 'host', 'command', 'message', 'name', 'code']
  return typeof value === 'string' && isFree.includes(key) ? `${value}${hostile}` : value
}

const unprintable = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

test('nothing that a record, a lease, an event or a console says reaches the terminal or the log raw', async () => {
  const box = await makeSandbox()
  await box.up('--profile', 'debian-local', '--name', 'web', '--wait', 'none')
  const folder = join(box.home, 'labs', 'web')
  const read = async (file: string): Promise<Record<string, unknown>> =>
    JSON.parse(await readFile(join(folder, file), 'utf8')) as Record<string, unknown>
  const record = await read('record.json')
  const holder = { user: 'bob', host: 'desktop', pid: 7, startTime: '1', boot: 'b' }
  const at = String(record['updatedAt'])
  const failure = { step: 'apply', code: 'engine-failed', message: 'no room' }
  const under = {
    command: { name: 'up', startedAt: at, holder },
    step: { name: 'apply', startedAt: at },
    failure,
  }
  const lastEvent = { ...(record['lastEvent'] as object), message: 'no room' }
  const written = spoiled({ ...record, ...under, lastEvent }) as Record<string, unknown>
  await writeFile(join(folder, 'record.json'), JSON.stringify(written))
  const lease = await read('lease.json')
  const held = { ...lease, holder, expiresAt: '2999-01-01T00:00:00.000Z', renewedAt: at, since: at }
  await writeFile(join(folder, 'lease.json'), JSON.stringify(spoiled(held)))
  await mkdir(join(box.home, 'labs', 'bad'))
  await writeFile(join(box.home, 'labs', 'bad', 'record.json'), JSON.stringify({ state: hostile }))

  const everything: string[] = []
  for (const words of [
    ['list'],
    ['list', '--all', '-o', 'json'],
    ['history', 'web'],
    ['status', 'web', '-o', 'json'],
    ['status', 'bad'],
    ['lock', 'status', 'web'],
    ['recover', 'web'],
    ['exec', 'web', '--wait-lock', '0', '--', 'true'],
    ['down', 'web', '--wait-lock', '0'],
    ['up', 'web', '--wait-lock', '0'],
    ['plan', 'web'],
    ['synth', 'web'],
    ['reap', '-o', 'json'],
    ['cleanup', '-y', '--wait-lock', '0'],
  ]) {
    const { stdout, stderr } = await box.run([...words, '-v'])
    for (const text of [stdout, stderr]) {
      expect([words, unprintable.exec(text)]).toEqual([words, null])
      expect([words, /^Next: {2}rm/m.exec(text)]).toEqual([words, null])
    }
    everything.push(stdout, stderr)
  }
  for (const shown of ['\\u001b[2J', '\\u202e', '\\u009b31m']) expect(everything.join('')).toContain(shown)
  const [log = ''] = (await box.files('logs')).filter((file) => file.endsWith('web.jsonl'))
  expect(unprintable.exec(await readFile(join(box.home, log), 'utf8'))).toBeNull()
})
