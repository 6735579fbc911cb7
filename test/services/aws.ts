import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  DescribeVolumesCommand,
  EC2Client,
  type Instance,
  type SecurityGroup,
} from '@aws-sdk/client-ec2'
import { loadCatalog } from '../../distro-catalog/load.js'
import { resolveOffer } from '../../distro-catalog/resolve.js'
import { startMotoServer } from './buckets.js'
import { FaultyProxy, type Fault } from './faulty-proxy.js'

const KEYS = { AWS_ACCESS_KEY_ID: 'tester', AWS_SECRET_ACCESS_KEY: 'secret-of-tests' }

/** What there is in a region that somebody made: nothing of the account's own, nothing that is gone. */
export interface Made {
  readonly instances: readonly Instance[]
  readonly groups: readonly SecurityGroup[]
  readonly keys: readonly string[]
  readonly volumes: readonly string[]
}

/** An emulated AWS on loopback, with the catalog's images in it, behind a proxy that can disturb it. */
export class TestAws {
  private constructor(
    readonly proxy: FaultyProxy,
    /** Everything that was let through so far, as policies spell it: `ec2:RunInstances`. */
    readonly actions: ReadonlySet<string>,
    /** For the CLI, and for OpenTofu and its provider. */
    readonly env: Readonly<Record<string, string>>,
    private readonly url: string,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(): Promise<TestAws> {
    const folder = await mkdtemp(join(tmpdir(), 'distrolab-aws-'))
    const images = join(folder, 'amis.json')
    await writeFile(images, JSON.stringify(await catalogImages()))
    const server = await startMotoServer({ MOTO_AMIS_PATH: images })
    const proxy = await FaultyProxy.start(server.url)
    const actions = new Set<string>()
    proxy.rewrite((seen) => {
      actions.add(serviceOf(seen.headers['authorization']) + (actionOf(seen.body) ?? ''))
      return seen
    })
    const env = { ...KEYS, AWS_ENDPOINT_URL: proxy.url, AWS_EC2_METADATA_DISABLED: 'true' }
    return new TestAws(proxy, actions, env, server.url, async () => {
      await proxy.stop()
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    })
  }

  /** Past the proxy. */
  async with<T>(region: string, ask: (client: EC2Client) => Promise<T>): Promise<T> {
    const credentials = { accessKeyId: 'tester', secretAccessKey: 'secret-of-tests' }
    const client = new EC2Client({ region, endpoint: this.url, credentials })
    return ask(client).finally(() => client.destroy())
  }

  made(region: string): Promise<Made> {
    return this.with(region, async (client) => {
      const { Reservations = [] } = await client.send(new DescribeInstancesCommand({}))
      const { SecurityGroups = [] } = await client.send(new DescribeSecurityGroupsCommand({}))
      const { KeyPairs = [] } = await client.send(new DescribeKeyPairsCommand({}))
      const { Volumes = [] } = await client.send(new DescribeVolumesCommand({}))
      const instances = Reservations.flatMap(({ Instances = [] }) => Instances)
      return {
        instances: instances.filter(({ State }) => State?.Name !== 'terminated'),
        groups: SecurityGroups.filter(({ GroupName }) => GroupName !== 'default'),
        keys: KeyPairs.map(({ KeyName = '' }) => KeyName),
        volumes: Volumes.map(({ VolumeId = '' }) => VolumeId),
      }
    })
  }

  /** Every request of this kind is refused from now on, in the words of EC2's query interface. */
  refuse(action: string, status: number, code: string, message: string): void {
    this.proxy.plan(({ body }) => (isAction(body, action) ? refusal(status, code, message) : undefined))
  }

  asked(action: string): number {
    return this.proxy.seen.filter(({ body }) => isAction(body, action)).length
  }

  obey(): void {
    this.proxy.plan(() => undefined)
  }
}

export const nothingMade: Made = { instances: [], groups: [], keys: [], volumes: [] }

const actionOf = (body: string): string | null => new URLSearchParams(body).get('Action')
const isAction = (body: string, action: string): boolean => actionOf(body) === action

/** By the scope that was signed: `Credential=…/us-east-1/ec2/aws4_request`. */
const serviceOf = (authorization = ''): string =>
  `${/\/([a-z0-9]+)\/aws4_request/.exec(authorization)?.[1] ?? ''}:`

const refusal = (status: number, code: string, message: string): Fault => ({
  ...{ status, when: 'before', headers: { 'content-type': 'text/xml' } },
  // STS wraps it otherwise than EC2; each reads what it knows.
  body: `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><Error><Code>${code}</Code><Message>${message}</Message></Error><RequestID>0</RequestID></Response>`,
})

/** One image for each distro and architecture of the catalog, as its publisher names it; moto's own are of 2017. */
async function catalogImages(): Promise<unknown[]> {
  const { distros } = await loadCatalog()
  let n = 0
  return [...distros.values()].flatMap((distro) => {
    if (distro.providers.aws === undefined) return []
    const { architectures } = resolveOffer(distro, 'aws')
    return Object.entries(architectures).map(([architecture, { owner, name }]) => ({
      ami_id: `ami-${(0x1000 + n++).toString(16).padStart(17, '0')}`,
      name: name.replaceAll('*', '0'),
      ...{ owner_id: owner, architecture, public: true, state: 'available', platform: null },
      ...{ root_device_type: 'ebs', root_device_name: '/dev/sda1', virtualization_type: 'hvm' },
      ...{ hypervisor: 'xen', image_type: 'machine', description: distro.title, sriov: 'simple' },
      image_location: `${owner}/${distro.name}`,
    }))
  })
}
