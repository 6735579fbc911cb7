import type { ExistingNetwork } from '../../../stacks/cloud-spec.js'
import type { NetworkQuestion } from '../network-question.js'
import { lastPart, openCompute } from './client.js'

interface Network {
  /** URLs. */
  readonly subnetworks?: readonly string[]
}

/**
 * The network of the project, and its subnetwork in the region: the named one, or the first that machines can
 * use. Throws LabError network-unfit.
 */
export async function findNetwork({
  given,
  region,
  unfit,
  signal,
}: NetworkQuestion): Promise<ExistingNetwork> {
  const [id = '', named] = given.split('/')
  const compute = openCompute(signal)
  const network = await compute.find<Network>(`global/networks/${id}`)
  if (network === undefined) throw unfit(`the project ${compute.project} has no such network`)
  const all = network.subnetworks ?? []
  const here = all.filter((url) => url.includes(`/regions/${region}/`)).map(lastPart)
  if (named !== undefined && here.includes(named)) return { id, subnet: named }
  if (named !== undefined) throw unfit(`the network has no such subnetwork in ${region}`)
  for (const subnet of here.sort()) {
    const found = await compute.find<{ readonly purpose?: string }>(`regions/${region}/subnetworks/${subnet}`)
    if (found !== undefined && FOR_MACHINES.has(found.purpose ?? 'PRIVATE')) return { id, subnet }
  }
  const elsewhere = [...new Set(all.map((url) => /\/regions\/([^/]+)\//.exec(url)?.[1] ?? ''))].sort()
  const has = elsewhere.length === 0 ? 'it has none' : `its subnetworks are in ${elsewhere.join(', ')}`
  throw unfit(`the network has no subnetwork for machines in ${region}; ${has}`)
}

/** The others are for Google's proxies and services. */
const FOR_MACHINES = new Set(['PRIVATE', 'PRIVATE_RFC_1918'])
