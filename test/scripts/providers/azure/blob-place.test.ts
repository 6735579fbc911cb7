import { expect, test } from '@jest/globals'
import { blobUrl, parseBlobPlace } from '../../../../scripts/providers/azure/blob-place.js'

test.each([
  ['https://labdisks.blob.core.windows.net/disks', 'labdisks', 'disks', ''],
  ['https://labdisks.blob.core.windows.net/disks/team/a', 'labdisks', 'disks', 'team/a'],
  ['https://labdisks.blob.core.chinacloudapi.cn/disks/', 'labdisks', 'disks', ''],
  ['https://labdisks.z12.blob.storage.azure.net/disks', 'labdisks', 'disks', ''],
  ['https://127.0.0.1:10000/labdisks/disks/team', 'labdisks', 'disks', 'team'],
])('%s is a place in the account %s', (url, account, container, path) => {
  const place = parseBlobPlace(url)
  expect(place).toMatchObject({ account, container, path })
  if (place !== undefined && path !== '') expect(blobUrl(place)).toBe(url)
})

test.each([
  ...['gs://labs/disks', 's3://labs', 'disks', 'http://labdisks.blob.core.windows.net/disks'],
  ...['https://labdisks.blob.core.windows.net', 'https://labdisks.blob.core.windows.net/Disks'],
  ...['https://labdisks.file.core.windows.net/disks', 'https://example.org/labdisks/disks'],
  ...['https://labdisks.blob.core.windows.net/disks?sig=secret', 'https://127.0.0.1:10000/labdisks'],
])('%s is none', (url) => {
  expect(parseBlobPlace(url)).toBeUndefined()
})
