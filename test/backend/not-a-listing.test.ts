import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { parseBackendUrl } from '../../backend/location.js'
import { openStore } from '../../backend/open-store.js'
import { listRecords } from '../../backend/record.js'
import type { ObjectStore } from '../../backend/store.js'
import { faultOf } from '../support/backend/support.js'

/** What a network with a login page, a wrong address or a broken proxy answers; the status is one of success. */
const answers: readonly (readonly [what: string, body: string])[] = [
  ['a login page', '<!DOCTYPE html><html><head><meta charset=utf-8></head><body>Log in</body></html>'],
  ['a page that is XML', '<html><body><p>Log in</p></body></html>'],
  ['nothing', ''],
  ['a list of buckets', '<?xml version="1.0"?><ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>'],
  ['a listing without its end', '<ListBucketResult><Name>labs</Name></ListBucketResult>'],
  [
    'a listing that was cut off',
    '<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>labs/web/record.json</Key></Contents>',
  ],
  [
    'a page that leads nowhere',
    '<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>labs/a/b</Key></Contents></ListBucketResult>',
  ],
  [
    'the listing of another folder',
    '<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>x</Key></Contents></ListBucketResult>',
  ],
  ['JSON of no kind', '{}'],
  ['JSON of another kind', '{"kind":"storage#buckets","items":[]}'],
  ['a listing without a list', '{"kind":"storage#objects","items":"none"}'],
  ['JSON null', 'null'],
]

const empty = {
  s3: '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Prefix>labs/</Prefix><IsTruncated>false</IsTruncated></ListBucketResult>\n',
  gs: '{"kind":"storage#objects"}',
} as const

let server: Server
let answer: { readonly status: number; readonly body: string }
beforeEach(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' })
  server = createServer((_request, response) => {
    response.writeHead(answer.status, { 'content-type': 'text/html' })
    response.end(answer.body)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterEach(() => {
  server.close()
  server.closeAllConnections()
})

async function storeOf(kind: 's3' | 'gs'): Promise<ObjectStore> {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const more = kind === 's3' ? '&path-style=true' : ''
  const location = parseBackendUrl(`${kind}://labs?endpoint=${endpoint}${more}`)
  return openStore(location, { patience: { attempts: 1 } })
}

describe.each(['s3', 'gs'] as const)('%s', (kind) => {
  test.each(answers)('an answer that is %s lists nothing, and is an error', async (_what, body) => {
    answer = { status: 200, body }
    const fault = await faultOf(listRecords(await storeOf(kind)))
    expect(fault).toMatchObject({ code: 'store-unreadable' })
  })

  test('there are no labs where the store says so', async () => {
    answer = { status: 200, body: empty[kind] }
    expect(await listRecords(await storeOf(kind))).toEqual({ labs: [], unreadable: [] })
  })

  test('a page for people that is not found is no word on an object', async () => {
    answer = { status: 404, body: '<html><body>Log in</body></html>' }
    const fault = await faultOf((await storeOf(kind)).get('labs/web/record.json'))
    expect(fault).toMatchObject({ code: 'store-unreadable' })
  })
})
