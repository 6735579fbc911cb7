import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals'
import { parseBlobPlace, type BlobPlace } from '../../../../scripts/providers/azure/blob-place.js'
import { removeBlob, uploadPages } from '../../../../scripts/providers/azure/upload.js'
import { pagesIn, startAzurite, type TestStorage } from '../../../services/azurite.js'
import { TestAzure } from '../../../stand-in/azure.js'
import { trust } from '../../../stand-in/trust.js'
import { faultOf, temporaryFolder } from '../../../support/cli/support.js'

jest.setTimeout(120_000)

const MIB = 1024 ** 2
const PART = 4 * MIB
const never = new AbortController().signal
const before = { ...process.env }
let azure: TestAzure
let storage: TestStorage
let distrust: () => void

beforeAll(async () => {
  azure = await TestAzure.start()
  distrust = trust(azure.certificate.certificate)
  process.env = { ...before, ...azure.env }
  storage = await startAzurite(azure)
})
afterEach(() => storage.clear())
afterAll(async () => {
  process.env = before
  distrust()
  await storage.stop()
  await azure.stop()
})

const placeOf = (container = storage.url): BlobPlace => {
  const place = parseBlobPlace(`${container}/disk.vhd`)
  if (place === undefined) throw new Error(`${container} is no container`)
  return place
}

/** A file of 22 MiB and 512 bytes with something in it at these MiB and at its end. */
async function makeFile(filled: readonly number[], letter = 'x'): Promise<string> {
  const file = join(temporaryFolder(), 'disk.vhd')
  await writeFile(file, '')
  const handle = await open(file, 'r+')
  await handle.truncate(22 * MIB + 512)
  for (const at of filled) await handle.write(letter.repeat(600), at * MIB + 100)
  await handle.write('conectix', 22 * MIB)
  await handle.close()
  return file
}

const progress: (readonly [number, number])[] = []
const upload = (file: string, digest = 'sha256:00', signal = never, place = placeOf()) =>
  uploadPages(
    place,
    { file, bytes: 22 * MIB + 512, marks: { 'distrolab-image': 'arch', digest } },
    { signal, onProgress: (...at) => void progress.push(at) },
  )

const stored = () => storage.container.getBlobClient('disk.vhd').downloadToBuffer()
const sent = () => pagesIn(storage.proxy).map(([first]) => first)

test('a disk arrives as it is, its zeros are not sent, and it is not sent twice', async () => {
  const file = await makeFile([1, 9])
  progress.splice(0)
  expect(await upload(file)).toBe('uploaded')
  expect(sent().sort((a, b) => a - b)).toEqual([0, 2 * PART, 5 * PART])
  expect([progress[0], progress.at(-1)?.[0]]).toEqual([[0, 10 * MIB + 512], 10 * MIB + 512])
  const handle = await open(file)
  expect((await stored()).equals(await handle.readFile())).toBe(true)
  await handle.close()
  const { metadata } = await storage.container.getBlobClient('disk.vhd').getProperties()
  expect(metadata).toMatchObject({ distrolab_image: 'arch', digest: 'sha256:00', complete: 'true' })
  storage.proxy.plan(() => undefined)
  expect(await upload(file)).toBe('kept')
  expect(sent()).toEqual([])
})

test('what was interrupted goes on with what is missing; another disk begins anew', async () => {
  const file = await makeFile([1, 5, 9, 13])
  const stop = new AbortController()
  storage.proxy.plan(({ headers }) => {
    const range = String(headers['x-ms-range'] ?? headers.range)
    return range.startsWith(`bytes=${2 * PART}-`) ? 'silent before' : undefined
  })
  const interrupted = uploadPages(
    placeOf(),
    { file, bytes: 22 * MIB + 512, marks: { digest: 'sha256:00' } },
    {
      signal: stop.signal,
      // All the others have arrived.
      onProgress: (done, total) => void (done === total - PART && stop.abort()),
    },
  )
  await expect(interrupted).rejects.toMatchObject({ name: 'AbortError' })
  storage.proxy.plan(() => undefined)
  expect(await upload(file)).toBe('uploaded')
  expect(sent()).toEqual([2 * PART])
  const other = await makeFile([2], 'y')
  storage.proxy.plan(() => undefined)
  expect(await upload(other, 'sha256:11')).toBe('uploaded')
  const handle = await open(other)
  expect((await stored()).equals(await handle.readFile())).toBe(true)
  await handle.close()
})

test('a connection that breaks is tried again', async () => {
  storage.proxy.once('reset before', ({ url }) => url.includes('comp=page'))
  expect(await upload(await makeFile([1]))).toBe('uploaded')
})

test('a blob is removed, whether it is there or not, or has no container', async () => {
  await upload(await makeFile([1]))
  expect(await removeBlob(placeOf(), never)).toBe(false)
  expect(await storage.container.getBlobClient('disk.vhd').exists()).toBe(false)
  expect(await removeBlob(placeOf(), never)).toBe(false)
  expect(await removeBlob(placeOf(storage.url.replace(/disks$/, 'others')), never)).toBe(false)
})

test('a container that is missing, and a role that is, are told as such', async () => {
  const file = await makeFile([1])
  const place = placeOf(storage.url.replace(/disks$/, 'others'))
  expect(await faultOf(upload(file, 'sha256:00', never, place))).toEqual({
    code: 'import-container-missing',
    account: 'labdisks',
    container: 'others',
  })
  const body =
    '<?xml version="1.0"?><Error><Code>AuthorizationPermissionMismatch</Code><Message>This request is not authorized to perform this operation using this permission.</Message></Error>'
  const headers = {
    'content-type': 'application/xml',
    'x-ms-error-code': 'AuthorizationPermissionMismatch',
  }
  storage.proxy.plan(({ method }) =>
    method === 'PUT' ? { status: 403, when: 'before', headers, body } : undefined,
  )
  expect(await faultOf(upload(file))).toMatchObject({
    code: 'import-storage-forbidden',
    container: 'disks',
    reason: expect.stringContaining('AuthorizationPermissionMismatch'),
  })
})

test('a storage account that does not answer is an upload that can go on', async () => {
  const place = { ...placeOf(), blobs: 'https://127.0.0.1:1/labdisks' }
  expect(await faultOf(upload(await makeFile([1]), 'sha256:00', never, place))).toMatchObject({
    code: 'upload-failed',
    reason: expect.stringContaining('ECONNREFUSED'),
  })
})
