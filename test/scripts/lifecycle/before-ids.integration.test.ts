import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { directoryLocation, placeId } from '../../../backend/location.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()

/** As if the lab had been made before backends, labs and computers had ids: then everything was named after the place. */
async function makeOlder(box: Sandbox): Promise<void> {
  const { id } = JSON.parse(await readFile(join(box.home, 'backend.json'), 'utf8')) as { id: string }
  const older = placeId(directoryLocation(box.home))
  for (const room of ['keys', 'machines']) await rename(join(box.home, room, id), join(box.home, room, older))
  for (const name of await box.files()) {
    if (!/\.(json|tfstate|pub)$|config$|known_hosts$/.test(name)) continue
    const file = join(box.home, name)
    const { atime, mtimeMs } = await stat(file)
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll(id, older))
    // By these the stand-in knows that it is the same machine.
    // A Date would be rounded, up to the next millisecond at times.
    await utimes(file, atime, (Math.trunc(mtimeMs) + 0.5) / 1000)
  }
  for (const name of ['backend.json', 'computer-id']) await rm(join(box.home, name))
  const { incarnation: _, owner, tags, ...record } = await readRecord(box)
  const { computer: __, ...owned } = owner
  const { 'distrolab-incarnation': ___, ...marks } = tags
  await writeFile(recordFile(box), JSON.stringify({ ...record, owner: owned, tags: marks }))
}

interface RecordOfNow {
  readonly incarnation: string
  readonly owner: { readonly computer: string }
  readonly tags: Readonly<Record<string, string>>
}
const recordFile = (box: Sandbox): string => join(box.home, 'labs', LAB, 'record.json')
const readRecord = async (box: Sandbox): Promise<RecordOfNow> =>
  JSON.parse(await readFile(recordFile(box), 'utf8')) as RecordOfNow

test('a lab from before is used and removed as ever, and its name then stands for a lab of now', async () => {
  const box = await makeSandbox()
  await box.up('--profile', LAB)
  // The watchdog too, which looks for its machine only every few seconds.
  for (const { pid } of box.processes()) await box.kill(pid)
  await makeOlder(box)
  await box.ok('up', LAB)
  expect(box.machines()).toHaveLength(1)
  expect(box.machines()[0]?.id).toBe(`distrolab-${placeId(directoryLocation(box.home))}-${LAB}-main`)
  expect((await box.ok('exec', LAB, '--', 'echo', 'works')).stdout).toBe('works\n')
  await box.ok('reset', LAB)
  await box.ok('extend', LAB, '--ttl', '2h')
  expect((await readRecord(box)).incarnation).toBeUndefined()
  await box.ok('down', LAB)
  expect(await box.traces()).toEqual([])
  await box.ok('up', '--profile', LAB)
  const { id } = JSON.parse(await readFile(join(box.home, 'backend.json'), 'utf8')) as { id: string }
  expect(box.machines()[0]?.id).toBe(`distrolab-${id}-${LAB}-main`)
  expect((await readRecord(box)).incarnation).toMatch(/^[0-9a-f]{12}$/)
  expect(await readdir(join(box.home, 'machines'))).toEqual([id])
  await box.ok('down', LAB)
})
