import { execFileSync } from 'node:child_process'
import { open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, test } from '@jest/globals'
import { removeSnapshots } from '../../../../scripts/providers/aws/snapshots.js'
import { uploadSnapshot } from '../../../../scripts/providers/aws/upload.js'
import { blockOf, TestAws } from '../../../services/aws.js'
import { useCloudHere } from '../../../stand-in/use-cloud.js'
import { faultOf, temporaryFolder } from '../../../support/cli/support.js'

const REGION = 'eu-west-1'
const MIB = 1024 ** 2
const TAGS = { 'distrolab-image': 'arch-x86_64', 'distrolab-backend': '0a1b2c3d' }
const never = new AbortController().signal
const progress: (readonly [number, number])[] = []
const aws = await useCloudHere(TestAws.start())
let memory: string

beforeAll(() => {
  memory = join(temporaryFolder(), 'snapshot')
})
afterEach(async () => {
  progress.splice(0)
  await rm(memory, { force: true })
  await aws.unregister(REGION)
})

/** A file of one GiB with something in it at these MiB. */
async function makeFile(filled: readonly number[], letter = 'x'): Promise<string> {
  const file = join(temporaryFolder(), 'disk.raw')
  await writeFile(file, '')
  const handle = await open(file, 'r+')
  await handle.truncate(1024 * MIB)
  for (const at of filled) await handle.write(letter.repeat(600), at * MIB + 100)
  await handle.close()
  return file
}

const upload = (file: string, digest = 'sha256:00', onProgress?: (done: number) => void, signal = never) =>
  uploadSnapshot(
    { region: REGION, name: 'distrolab-arch' },
    { file, gib: 1, description: 'arch', tags: TAGS, digest, memory },
    {
      signal,
      onProgress(done, total) {
        progress.push([done, total])
        onProgress?.(done)
      },
    },
  )

const sent = () => aws.blocksSent().sort((a, b) => a - b)
const snapshots = async () => (await aws.registered(REGION)).snapshots

async function expectStored(file: string, id: string): Promise<void> {
  const got = join(temporaryFolder(), 'got.raw')
  await aws.readSnapshot(REGION, id, got, 1)
  execFileSync('qemu-img', ['compare', '-f', 'raw', '-F', 'raw', got, file])
}

/** Ends when the first two of four blocks have arrived. */
async function interrupt(file: string): Promise<void> {
  const stop = new AbortController()
  aws.proxy.plan((seen) => (blockOf(seen).some((index) => index >= 100) ? 'silent before' : undefined))
  const stopAt = (done: number): void => void (done === MIB && stop.abort())
  await expect(upload(file, 'sha256:00', stopAt, stop.signal)).rejects.toMatchObject({ name: 'AbortError' })
  aws.obey()
}

test('a disk arrives as it is, its zeros are not sent, and it is not sent twice', async () => {
  const file = await makeFile([1, 9, 1023])
  const { id, outcome } = await upload(file)
  expect([outcome, sent()]).toEqual(['uploaded', [2, 18, 2046]])
  expect([progress[0], progress.at(-1)]).toEqual([
    [0, 1.5 * MIB],
    [1.5 * MIB, 1.5 * MIB],
  ])
  await expectStored(file, id)
  expect(await snapshots()).toMatchObject([{ SnapshotId: id, State: 'completed', VolumeSize: 1 }])
  aws.obey()
  expect([await upload(file), sent()]).toEqual([{ id, outcome: 'kept' }, []])
})

test('what was interrupted goes on with what is missing', async () => {
  const file = await makeFile([1, 5, 50, 60])
  await interrupt(file)
  const [begun] = await snapshots()
  expect(begun?.State).toBe('pending')
  const { id } = await upload(file)
  expect([id, sent()]).toEqual([begun?.SnapshotId, [100, 120]])
  expect(progress.at(-1)).toEqual([2 * MIB, 2 * MIB])
  await expectStored(file, id)
})

test('a block of which the memory was cut short is sent again', async () => {
  const file = await makeFile([1, 5, 50, 60])
  await interrupt(file)
  const known = await readFile(memory, 'utf8')
  expect(known).toMatch(/^snap-[0-9a-f]+\n(2\n10\n|10\n2\n)$/)
  // Without the end of its last line.
  await writeFile(memory, known.slice(0, -1))
  const { id } = await upload(file)
  expect(sent()).toHaveLength(3)
  await expectStored(file, id)
})

test('of what was begun elsewhere nobody knows what has arrived: it is begun anew', async () => {
  const file = await makeFile([1, 5, 50, 60])
  await interrupt(file)
  await rm(memory)
  const { id } = await upload(file)
  expect(sent()).toEqual([2, 10, 100, 120])
  expect(await snapshots()).toMatchObject([{ SnapshotId: id, State: 'completed' }])
})

test('another disk takes the place of the one before, complete or not', async () => {
  const file = await makeFile([1, 5, 50, 60])
  await interrupt(file)
  const other = await makeFile([2], 'y')
  const { id } = await upload(other, 'sha256:11')
  expect(await snapshots()).toMatchObject([{ SnapshotId: id }])
  await upload(file)
  expect(await snapshots()).toHaveLength(1)
})

test('what breaks or is throttled on the way is tried again', async () => {
  const file = await makeFile([1])
  aws.proxy.once('reset before', (seen) => blockOf(seen).length > 0)
  await upload(file)
  await aws.unregister(REGION)
  const headers = { 'x-amzn-errortype': 'RequestThrottledException', 'content-type': 'application/json' }
  const throttled = { status: 400, when: 'before', headers, body: '{"message":"slowly"}' } as const
  aws.proxy.once(throttled, (seen) => blockOf(seen).length > 0)
  const { id } = await upload(file)
  expect(sent()).toEqual([2, 2])
  await expectStored(file, id)
})

test.each([
  ['AccessDeniedException', 403, 'cloud-forbidden'],
  ['ServiceQuotaExceededException', 402, 'cloud-quota'],
  ['ValidationException', 400, 'upload-failed'],
])('%s is told as what it is', async (name, status, code) => {
  const headers = { 'x-amzn-errortype': name, 'content-type': 'application/json' }
  aws.proxy.plan((seen) =>
    blockOf(seen).length > 0
      ? { status, when: 'before', headers, body: '{"message":"It can not be."}' }
      : undefined,
  )
  const fault = await faultOf(upload(await makeFile([1])))
  expect(fault).toMatchObject({ code, reason: `${name}: It can not be.` })
})

test('snapshots are removed by their tags, whatever their state; those of others stay', async () => {
  await interrupt(await makeFile([1, 5, 50, 60]))
  expect(await removeSnapshots(REGION, { ...TAGS, 'distrolab-backend': 'other' }, options)).toEqual([])
  expect(await snapshots()).toHaveLength(1)
  aws.refuse('DeleteSnapshot', 403, 'UnauthorizedOperation', 'You are not authorized.')
  const [left] = await snapshots()
  expect(await removeSnapshots(REGION, TAGS, options)).toEqual([`snapshot ${left?.SnapshotId} in ${REGION}`])
  expect(told).toEqual([expect.stringContaining('You are not authorized.')])
  aws.obey()
  expect(await removeSnapshots(REGION, TAGS, options)).toEqual([])
  expect(await snapshots()).toEqual([])
})

const told: string[] = []
const options = { signal: never, detail: (text: string) => void told.push(text) }
