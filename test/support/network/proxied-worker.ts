import { DescribeRegionsCommand } from '@aws-sdk/client-ec2'
import { ListSnapshotBlocksCommand } from '@aws-sdk/client-ebs'
import { awsIdentity } from '../../../backend/aws-identity.js'
import type { GcsLocation } from '../../../backend/location.js'
import { openStore } from '../../../backend/open-store.js'
import { checkAwsAccount } from '../../../scripts/providers/aws/account.js'
import { withEc2 } from '../../../scripts/providers/aws/client.js'
import { withEbs } from '../../../scripts/providers/aws/ebs.js'
import { readEnvironment, settleProxies } from '../../../scripts/env.js'
import { trustAuthorities } from '../../../scripts/trust.js'

/** Makes one request of each client of ours, and tells by its name what became of it; the environment is what counts. */
const { proxied, authorityFiles } = readEnvironment()
settleProxies()
trustAuthorities(authorityFiles)
const { signal } = new AbortController()
const region = 'eu-west-1'
const prefix = 'team'
const patience = { attempts: 1 }
const [plainUrl] = process.argv.slice(2)
const inProfile = (name: string): unknown => Object.assign(process.env, { AWS_PROFILE: name })
const bucket = (parts: object): Parameters<typeof openStore>[0] =>
  ({ bucket: 'labs', prefix, ...parts }) as Parameters<typeof openStore>[0]

const requests: Readonly<Record<string, () => Promise<unknown>>> = {
  ec2: () => withEc2(region, (client) => client.send(new DescribeRegionsCommand({}))),
  ebs: () =>
    withEbs(region, (client) => client.send(new ListSnapshotBlocksCommand({ SnapshotId: 'snap-1' }))),
  sts: () => checkAwsAccount(signal),
  'sts of the store': () => awsIdentity('eu-west-1'),
  's3 store': async () =>
    (await openStore(bucket({ kind: 's3', region, pathStyle: true }), { patience })).get(
      'labs/web/record.json',
    ),
  's3 store on this computer': async () =>
    (await openStore(bucket({ kind: 's3', region, pathStyle: true, endpoint: plainUrl }), { patience })).list(
      'labs',
    ),
  'role of aws': () => {
    inProfile('role')
    return checkAwsAccount(signal)
  },
  'sso of aws': () => {
    inProfile('sso')
    return checkAwsAccount(signal)
  },
  'gcs store': async () =>
    (await openStore(bucket({ kind: 'gcs' }), { patience })).get('labs/web/record.json'),
  'google compute': async () => {
    const { openCompute } = await import('../../../scripts/providers/google/client.js')
    return openCompute(signal).get('zones')
  },
  'google upload': async () => {
    const { ObjectApi } = await import('../../../scripts/providers/google/storage.js')
    const api = new ObjectApi(bucket({ kind: 'gcs' }) as GcsLocation, { signal, proxied })
    return api
      .explained(() => api.ask(api.url('/storage/v1/b/uploads'), { method: 'GET' }))
      .finally(() => api.close())
  },
  azure: async () => {
    const { readAzure } = await import('../../../scripts/providers/azure/client.js')
    return readAzure('/resourcegroups', { apiVersion: '2021-04-01', signal })
  },
  'azure blob': async () => {
    const { readBlob } = await import('../../../scripts/providers/azure/client.js')
    return readBlob('https://disks.blob.core.windows.net/log')
  },
  'caller address': async () => {
    const { ADDRESS_PAGES, callerNetwork } = await import('../../../scripts/providers/caller-address.js')
    return callerNetwork(ADDRESS_PAGES, { signal, proxied })
  },
  'keys of a user': async () => {
    const { fetchGithubKeys } = await import('../../../scripts/machine/github-keys.js')
    return fetchGithubKeys('https://github.test.invalid/anna.keys', { signal, proxied })
  },
  'round trips': async () => {
    const { measureRoundTrips } = await import('../../../scripts/regions/measure.js')
    const probes = [{ region, url: 'https://dynamodb.eu-west-1.amazonaws.com/ping' }]
    return measureRoundTrips(probes, { capMs: 5_000, signal, proxied })
  },
  download: async () => {
    const { requestText } = await import('../../../local-vm/download/http.js')
    return requestText('https://images.test.invalid/SHA256SUMS', 100, { signal, stallMs: 5_000, proxied })
  },
}

for (const [name, request] of Object.entries(requests)) {
  const outcome = await request().then(
    (value) => JSON.stringify(value),
    (error: unknown) => String(error),
  )
  process.stdout.write(`${name}: ${outcome}\n`)
}
process.exit()
