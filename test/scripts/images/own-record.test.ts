import { expect, test } from '@jest/globals'
import { directoryLocation, parseBackendUrl, type BackendLocation } from '../../../backend/location.js'
import type { ImageRecord } from '../../../backend/image-record-schema.js'
import type { Context } from '../../../scripts/context.js'
import { assertOwnImage } from '../../../scripts/images/own-record.js'
import type { ImageSubject } from '../../../scripts/images/subject.js'

const ID = '0a1b2c3d4e5f'
const subject = {
  image: 'google/arch/x86_64',
  provider: 'google',
  architecture: 'x86_64',
  distro: { name: 'arch', providers: {} },
} as unknown as ImageSubject
const DISK = `gs://disks/images/google/arch/x86_64/${ID}-disk.tar.gz`
const record = {
  name: `distrolab-${ID}-arch-x86-64`,
  upload: DISK,
  tags: { 'distrolab-image': 'arch-x86_64', 'distrolab-backend': ID },
}

const check = (change: object, location: BackendLocation = directoryLocation('/srv/labs')) =>
  assertOwnImage({ space: { home: '/', cache: '/', backendId: ID }, location } as Context, subject, {
    ...record,
    ...change,
  } as unknown as ImageRecord)

test('the record of an image names only what this backend calls so', async () => {
  await check({})
  await check({ upload: `gs://disks/below/${DISK.slice('gs://disks/'.length)}` })
})

test.each([
  ['name', { name: 'somebody-elses-image' }],
  ['upload', { upload: 'gs://production/database.tar.gz' }],
  ['upload', { upload: `gs://production/database.tar.gz?x=/${DISK}` }],
  ['upload', { upload: `${DISK}?endpoint=https://evil.example` }],
  ['tags.distrolab-backend', { tags: { ...record.tags, 'distrolab-backend': 'ffffffffffff' } }],
  ['tags.distrolab-image', { tags: { 'distrolab-backend': ID } }],
])('and is refused by its %s: %j', async (field, change) => {
  await expect(check(change)).rejects.toMatchObject({ fault: { code: 'record-mismatch', field } })
})

test("credentials go to Google, to the backend's own server, or to an emulator here", async () => {
  const endpoint = 'https://storage.example:9000'
  const backend = parseBackendUrl(`gs://labs?endpoint=${endpoint}`)
  await check({ upload: `${DISK}?endpoint=${encodeURIComponent(endpoint)}` }, backend)
  await check({ upload: `${DISK}?endpoint=https://europe-west1.storage.googleapis.com` })
  await check({ upload: `${DISK}?endpoint=http://127.0.0.1:4443` })
  await expect(check({ upload: `${DISK}?endpoint=${encodeURIComponent(endpoint)}` })).rejects.toThrow(
    'record-mismatch',
  )
})
