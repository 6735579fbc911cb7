import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, jest, test } from '@jest/globals'
import type { CliOptions, CliRun } from '../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()
const NOBODY = 65534

/** Root reads everything, so as root the command runs as another user; else as ourselves. */
async function asOrdinaryUser(box: Sandbox): Promise<CliOptions> {
  if (process.getuid?.() !== 0) return {}
  await chmod(box.root, 0o755)
  for (const folder of [box.home, box.cache, join(box.root, 'disks')])
    for (const path of ['', ...(await readdir(folder, { recursive: true }))])
      await chown(join(folder, path), NOBODY, NOBODY)
  return { uid: NOBODY }
}

/** A lab of each kind of bad record beside a good one. */
async function spoil(box: Sandbox): Promise<void> {
  const recordOf = (lab: string): string => join(box.home, 'labs', lab, 'record.json')
  const good = JSON.parse(await readFile(recordOf('good'), 'utf8')) as { owner: object }
  const put = async (lab: string, body: string): Promise<void> => {
    await mkdir(join(box.home, 'labs', lab))
    await writeFile(recordOf(lab), body)
  }
  const like = (lab: string, changes: object = {}): string =>
    JSON.stringify({ ...good, lab, ...changes })
      .replaceAll('-good-', `-${lab}-`)
      .replaceAll('"lab":"good"', `"lab":"${lab}"`)
  await put('closed-folder', like('closed-folder'))
  await chmod(join(box.home, 'labs', 'closed-folder'), 0)
  await put('closed-record', like('closed-record'))
  await chmod(recordOf('closed-record'), 0)
  await put('cut-off', like('cut-off').slice(0, 50))
  await put('newer', like('newer', { state: 'paused' }))
  await put(
    'elsewhere',
    like('elsewhere', {
      owner: { ...good.owner, user: 'bob', host: 'desktop', computer: '0123456789abcdef' },
    }),
  )
  await mkdir(join(box.home, 'labs', 'pipe'))
  await promisify(execFile)('mkfifo', [recordOf('pipe')])
}

test('one bad record never hides the others: list, reap and cleanup go on, and name the bad ones', async () => {
  const box = await makeSandbox()
  await mkdir(box.home)
  const user = await asOrdinaryUser(box)
  const run = (...words: string[]): Promise<CliRun> => box.run(words, user)
  const up = await run('up', '--profile', 'debian-local', '--name', 'good', '--wait', 'none')
  expect(`${up.code} ${up.stderr}`).toMatch(/^0 /)
  await spoil(box)
  await asOrdinaryUser(box)

  const bad = ['closed-folder', 'closed-record', 'cut-off', 'newer', 'pipe']
  const list = await run('list', '-o', 'json')
  expect(list.code).toBe(1)
  expect(list.json<{ lab: string }[]>().map(({ lab }) => lab)).toEqual(['elsewhere', 'good'])
  for (const lab of bad) expect(list.stderr).toContain(`Cannot read the record of ${lab}`)
  expect(list.stderr.match(/EACCES: permission denied/g)).toHaveLength(2)

  const completion = await run('__complete', 'zsh', 'down', '')
  expect(completion.stdout).toContain('\ngood\t')

  const reap = await run('reap', '-o', 'json')
  expect(reap.code).toBe(1)
  const inconclusive = bad.map((lab) => ({ lab, outcome: 'inconclusive', code: 'record-unreadable' }))
  expect(reap.json()).toMatchObject({ labs: inconclusive })

  const cleanup = await run('cleanup', '-y', '-o', 'json')
  expect(cleanup.code).toBe(1)
  expect(cleanup.json()).toMatchObject({
    labs: [
      { lab: 'elsewhere', outcome: 'skipped', reason: expect.stringContaining('desktop') },
      { lab: 'good', outcome: 'destroyed' },
      ...inconclusive,
    ],
  })
  expect(box.machines()).toEqual([])
})
