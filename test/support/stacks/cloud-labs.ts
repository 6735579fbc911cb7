import { readFile } from 'node:fs/promises'
import { isCloud } from '../../../distro-catalog/cloud.js'
import type { Catalog } from '../../../distro-catalog/catalog.js'
import type { Architecture } from '../../../distro-catalog/offer-schema.js'
import type { CloudName } from '../../../distro-catalog/provider-names.js'
import { resolveDistro, resolveOffer } from '../../../distro-catalog/resolve.js'
import { resolveSize } from '../../../distro-catalog/size.js'
import { planAwsLab } from '../../../stacks/aws/plan.js'
import { planAzureLab } from '../../../stacks/azure/plan.js'
import type { CloudLabPlan, CloudMachinePlan } from '../../../stacks/cloud-plan.js'
import { planGoogleLab } from '../../../stacks/google/plan.js'
import type { LabSpec } from '../../../stacks/registry.js'
import type { ProviderSchema } from './schema-check.js'

export const KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJPqzEEyQYgn7XGTtQmFkwqEcVF8rYPcy9KVJPUsRtYu anna@laptop'

const REGIONS = { aws: 'eu-central-1', azure: 'westeurope', google: 'europe-west3' } as const

export interface Wanted {
  readonly distro: string
  readonly provider: CloudName
  readonly architecture?: Architecture
  readonly size?: string
}

/** Machines by their names alone are as all others: of the distro and size that are wanted. */
export interface CloudChanges extends Partial<Omit<CloudLabPlan, 'machines'>> {
  readonly imageId?: string | null
  readonly machines?: readonly (string | (Pick<CloudMachinePlan, 'name'> & Partial<CloudMachinePlan>))[]
}

/** A lab as the CLI plans it, in a region of Europe, open to one address. */
export function cloudPlanOf(
  catalog: Catalog,
  { distro: distroName, provider: name, architecture = 'x86_64', size }: Wanted,
  { imageId = null, machines = ['main'], ...changes }: CloudChanges = {},
): CloudLabPlan {
  const distro = resolveDistro(catalog, distroName)
  const provider = catalog.providers.get(name)
  if (provider === undefined || !isCloud(provider)) throw new Error(`${name} is a cloud`)
  const { minimumDiskGiB } = resolveOffer(distro, name)
  const common = {
    distro,
    size: resolveSize(provider, { size, architecture, minimumDiskGiB }),
    imageId,
  }
  return {
    lab: 'demo',
    profile: `${distro.name}-${name}`,
    backendId: '0a1b2c3d4e5f',
    incarnation: 'c0ffee123456',
    state: { kind: 'local', path: '/home/anna/labs/demo/tofu.tfstate' },
    provider,
    region: REGIONS[name],
    zone: null,
    publicKey: KEY,
    authorizedKeys: [],
    allowFrom: ['203.0.113.7/32'],
    lifetime: { expiresAt: '2026-11-21T14:00:00.000Z', epoch: 1_795_269_600, seconds: 14_400 },
    spot: false,
    network: 'default',
    tags: {},
    providerVersion: null,
    machines: machines.map((each) => ({
      ...common,
      ...(typeof each === 'string' ? { name: each } : each),
    })),
    anew: [],
    ...changes,
  }
}

const planners = { aws: planAwsLab, azure: planAzureLab, google: planGoogleLab } as const

export const cloudSpecOf = (...args: Parameters<typeof cloudPlanOf>): LabSpec =>
  planners[args[1].provider](cloudPlanOf(...args))

const files = { aws: 'aws-5.100.0', azure: 'azurerm-4.55.0', google: 'google-6.50.0' } as const

export async function readProviderSchema(provider: CloudName): Promise<ProviderSchema> {
  const file = new URL(`../../../../test/stacks/schemas/${files[provider]}.json`, import.meta.url)
  return JSON.parse(await readFile(file, 'utf8')) as ProviderSchema
}
