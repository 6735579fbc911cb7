import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import { REGION, SUBSCRIPTION, type TestAzure } from '../stand-in/azure.js'
import { FaultyProxy } from './faulty-proxy.js'
import { obtained, programs } from './programs.js'
import { startServer } from './server.js'

const ACCOUNT = 'labdisks'
const KEY = Buffer.from('key of tests').toString('base64')

/** A storage account on Azurite behind a proxy, in the subscription of a stand-in for the rest of Azure. */
export interface TestStorage {
  /** A place in it, in the form that users write: `https://…/labdisks/disks`. */
  readonly url: string
  readonly proxy: FaultyProxy
  /** With the account's own key, which only the tests have. */
  readonly container: ContainerClient
  /** Empties it, and stops all disturbances. */
  clear(): Promise<void>
  stop(): Promise<void>
}

/** The process must trust the stand-in's certificate (`trust`). */
export async function startAzurite(azure: TestAzure): Promise<TestStorage> {
  const { certificate } = azure
  const program = await obtained(programs.azurite)
  const server = await startServer({
    program: process.execPath,
    args: (port) => [
      ...[program, '--blobHost', '127.0.0.1', '--blobPort', String(port), '--inMemoryPersistence'],
      ...['--cert', certificate.file, '--key', certificate.keyFile, '--oauth', 'basic'],
      ...['--silent', '--skipApiVersionCheck', '--disableTelemetry'],
    ],
    env: { AZURITE_ACCOUNTS: `${ACCOUNT}:${KEY}` },
    scheme: 'https',
  })
  const proxy = await FaultyProxy.start(server.url, certificate)
  const blobs = `${proxy.url}/${ACCOUNT}`
  azure.accounts.push({
    id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/disks/providers/Microsoft.Storage/storageAccounts/${ACCOUNT}`,
    name: ACCOUNT,
    location: REGION,
    properties: { primaryEndpoints: { blob: `${blobs}/` } },
  })
  const key = new StorageSharedKeyCredential(ACCOUNT, KEY)
  const container = new ContainerClient(`${server.url}/${ACCOUNT}/disks`, key)
  await container.create()
  return {
    url: `${blobs}/disks`,
    proxy,
    container,
    async clear() {
      proxy.plan(() => undefined)
      for await (const { name } of container.listBlobsFlat()) await container.deleteBlob(name)
    },
    async stop() {
      await proxy.stop()
      await server.stop()
    },
  }
}

/** The page ranges that each accepted request wrote: first byte and last. */
export const pagesIn = ({ seen }: Pick<FaultyProxy, 'seen'>): (readonly [number, number])[] =>
  seen.flatMap(({ method, url, headers }) => {
    if (method !== 'PUT' || !url.includes('comp=page')) return []
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(String(headers['x-ms-range'] ?? headers.range)) ?? []
    return [[Number(first), Number(last)] as const]
  })
