import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EBSClient, GetSnapshotBlockCommand, ListSnapshotBlocksCommand } from '@aws-sdk/client-ebs'
import {
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  EC2Client,
  type Image,
  type Instance,
  type SecurityGroup,
  type Snapshot,
} from '@aws-sdk/client-ec2'
import { loadCatalog } from '../../distro-catalog/load.js'
import { resolveOffer } from '../../distro-catalog/resolve.js'
import { startMotoServer } from './buckets.js'
import { FaultyProxy, type Fault, type Seen } from './faulty-proxy.js'

const KEYS = { AWS_ACCESS_KEY_ID: 'tester', AWS_SECRET_ACCESS_KEY: 'secret-of-tests' }
const credentials = { accessKeyId: 'tester', secretAccessKey: 'secret-of-tests' }
/** The account of every user of moto. */
export const ACCOUNT = '123456789012'
/** Bytes of a snapshot's blocks. */
const BLOCK = 512 * 1024

/** Everything that was made in a region, without the account's own things and without deleted ones. */
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
    /** Every accepted request so far, in the form of policies: `ec2:RunInstances`. */
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
      actions.add(serviceOf(seen.headers['authorization']) + actionOf(seen))
      return seen
    })
    const env = { ...KEYS, AWS_ENDPOINT_URL: proxy.url, AWS_EC2_METADATA_DISABLED: 'true' }
    return new TestAws(proxy, actions, env, server.url, async () => {
      await proxy.stop()
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    })
  }

  /** Without the proxy. */
  async with<T>(region: string, ask: (client: EC2Client) => Promise<T>): Promise<T> {
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

  /** The account's own images and snapshots, in any state. */
  registered(
    region: string,
  ): Promise<{ readonly images: readonly Image[]; readonly snapshots: readonly Snapshot[] }> {
    return this.with(region, async (client) => {
      const { Images = [] } = await client.send(new DescribeImagesCommand({}))
      const { Snapshots = [] } = await client.send(new DescribeSnapshotsCommand({}))
      return {
        images: Images.filter(({ OwnerId }) => OwnerId === ACCOUNT),
        snapshots: Snapshots.filter(({ OwnerId }) => OwnerId === ACCOUNT),
      }
    })
  }

  /** Removes all of these. */
  async unregister(region: string): Promise<void> {
    const { images, snapshots } = await this.registered(region)
    await this.with(region, async (client) => {
      for (const { ImageId } of images) await client.send(new DeregisterImageCommand({ ImageId }))
      for (const { SnapshotId } of snapshots) await client.send(new DeleteSnapshotCommand({ SnapshotId }))
    })
  }

  /** Writes a snapshot's content into a file of this many GiB. */
  async readSnapshot(region: string, SnapshotId: string, file: string, gib: number): Promise<void> {
    const client = new EBSClient({ region, endpoint: this.url, credentials })
    const disk = await open(file, 'w')
    await disk.truncate(gib * 1024 ** 3)
    const { Blocks = [] } = await client.send(new ListSnapshotBlocksCommand({ SnapshotId }))
    for (const { BlockIndex = 0, BlockToken } of Blocks) {
      const asked = new GetSnapshotBlockCommand({ SnapshotId, BlockIndex, BlockToken })
      const { BlockData } = await client.send(asked)
      await disk.write((await BlockData?.transformToByteArray()) ?? Buffer.of(), 0, BLOCK, BlockIndex * BLOCK)
    }
    await disk.close()
    client.destroy()
  }

  /** How often each request was seen since the last plan. */
  blocksSent(): number[] {
    return this.proxy.seen.flatMap(blockOf)
  }

  /** Refuses every request of this kind from now on, in the words of EC2's query interface. */
  refuse(action: string, status: number, code: string, message: string): void {
    this.proxy.plan((seen) => (actionOf(seen) === action ? refusal(status, code, message) : undefined))
  }

  asked(action: string): number {
    return this.proxy.seen.filter((seen) => actionOf(seen) === action).length
  }

  obey(): void {
    this.proxy.plan(() => undefined)
  }
}

export const nothingMade: Made = { instances: [], groups: [], keys: [], volumes: [] }

/** The block of a snapshot that a request contains, if any. */
export const blockOf = ({ method, url }: Seen): number[] =>
  method === 'PUT' ? [...url.matchAll(/\/blocks\/(\d+)/g)].map(([, index]) => Number(index)) : []

/** EC2 and STS name the action in the body, EBS by method and path. */
function actionOf(seen: Seen): string {
  const { method, url, body } = seen
  if (blockOf(seen).length > 0) return 'PutSnapshotBlock'
  if (method === 'POST' && url.startsWith('/snapshots/completion/')) return 'CompleteSnapshot'
  if (method === 'POST' && url.startsWith('/snapshots')) return 'StartSnapshot'
  return new URLSearchParams(body).get('Action') ?? ''
}

/** By the signed scope: `Credential=…/us-east-1/ec2/aws4_request`. */
const serviceOf = (authorization = ''): string =>
  `${/\/([a-z0-9]+)\/aws4_request/.exec(authorization)?.[1] ?? ''}:`

const refusal = (status: number, code: string, message: string): Fault => ({
  status,
  when: 'before',
  headers: { 'content-type': 'text/xml' },
  // STS wraps it differently from EC2; each client reads its own form.
  body: `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><Error><Code>${code}</Code><Message>${message}</Message></Error><RequestID>0</RequestID></Response>`,
})

/**
 * One image for each distro and architecture of the catalog, named as by its publisher; moto's own are from
 * 2017.
 */
async function catalogImages(): Promise<unknown[]> {
  const { distros } = await loadCatalog()
  let n = 0
  return [...distros.values()].flatMap((distro) => {
    if (distro.providers.aws === undefined) return []
    const { architectures } = resolveOffer(distro, 'aws')
    return Object.entries(architectures).map(([architecture, { owner, name }]) => ({
      ami_id: `ami-${(0x1000 + n++).toString(16).padStart(17, '0')}`,
      name: name.replaceAll('*', '0'),
      owner_id: owner,
      architecture,
      public: true,
      state: 'available',
      platform: null,
      root_device_type: 'ebs',
      root_device_name: '/dev/sda1',
      virtualization_type: 'hvm',
      hypervisor: 'xen',
      image_type: 'machine',
      description: distro.title,
      sriov: 'simple',
      image_location: `${owner}/${distro.name}`,
    }))
  })
}
