import { setTimeout as sleep } from 'node:timers/promises'
import { labelValue } from '../../../stacks/google/names.js'
import { LabError } from '../../errors.js'
import { isAbsent, lastPart, openCompute, type ComputeApi } from './client.js'

/** When and how Google ends a machine by itself; all other settings are kept. */
export interface Scheduling {
  readonly terminationTime?: string
  readonly maxRunDuration?: { readonly seconds: string | number }
  readonly instanceTerminationAction?: string
  readonly provisioningModel?: string
}

export interface GoogleInstance {
  readonly name: string
  readonly zone: string
  readonly status: string
  /** Public, IPv4. */
  readonly address: string | undefined
  readonly labels: Readonly<Record<string, string>>
  /** Required when changing the labels. */
  readonly labelFingerprint: string
  readonly scheduling: Scheduling
}

interface Instance {
  readonly name: string
  /** A URL. */
  readonly zone: string
  readonly status: string
  readonly labels?: Readonly<Record<string, string>>
  readonly labelFingerprint?: string
  readonly scheduling?: Scheduling
  readonly networkInterfaces?: readonly { readonly accessConfigs?: readonly { readonly natIP?: string }[] }[]
}

/** The labels that mark everything of a lab that can have labels. */
export const labelFilter = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map(([key, value]) => `labels.${key} = "${labelValue(value)}"`)
    .join(' AND ')

/** The instances that match a filter of the API, in any zone. A deleted one does not count. */
export async function findInstances(
  filter: string,
  compute: ComputeApi = openCompute(),
): Promise<GoogleInstance[]> {
  return (await compute.list<Instance>('instances', filter)).map(described)
}

export const instanceNamed = (name: string, compute?: ComputeApi): Promise<GoogleInstance[]> =>
  findInstances(`name = "${name}"`, compute)

const described = ({ labels = {}, labelFingerprint = '', scheduling = {}, ...instance }: Instance) => ({
  name: instance.name,
  zone: lastPart(instance.zone),
  status: instance.status,
  labels,
  labelFingerprint,
  scheduling,
  address: instance.networkInterfaces?.[0]?.accessConfigs?.[0]?.natIP,
})

export const pathOf = ({ zone, name }: Pick<GoogleInstance, 'zone' | 'name'>): string =>
  `zones/${zone}/instances/${name}`

/** Longer than Google takes to stop a machine that does not react. */
const STOP_SECONDS = 120
const LOOK_SECONDS = 2

/** Starts an instance that is off, and returns its new address. Throws LabError cloud-machine-missing. */
export async function startInstance(name: string, signal: AbortSignal): Promise<string | undefined> {
  const compute = openCompute(signal)
  const instance = await settledInstance(compute, name, signal)
  if (instance.status === 'TERMINATED') await compute.change('POST', `${pathOf(instance)}/start`)
  if (instance.status === 'SUSPENDED') await compute.change('POST', `${pathOf(instance)}/resume`)
  return (await instanceNamed(name, compute))[0]?.address
}

/** Stops an instance, and waits until it is off. */
export async function stopInstance(name: string, signal: AbortSignal): Promise<void> {
  const compute = openCompute(signal)
  for (const instance of await instanceNamed(name, compute))
    if (instance.status === 'RUNNING') await compute.change('POST', `${pathOf(instance)}/stop`)
}

/** An instance that is stopping cannot be started. */
async function settledInstance(
  compute: ComputeApi,
  name: string,
  signal: AbortSignal,
): Promise<GoogleInstance> {
  let instance: GoogleInstance | undefined
  for (let seconds = 0; seconds <= STOP_SECONDS; seconds += LOOK_SECONDS) {
    if (seconds > 0) await sleep(LOOK_SECONDS * 1_000, undefined, { signal })
    ;[instance] = await instanceNamed(name, compute)
    if (instance === undefined)
      throw new LabError({ code: 'cloud-machine-missing', provider: 'google', machine: name })
    if (!instance.status.endsWith('ING') || instance.status === 'RUNNING') return instance
  }
  const reason = `the machine ${name} has been ${instance?.status ?? ''} for more than ${STOP_SECONDS} s`
  throw new LabError({ code: 'cloud-failed', provider: 'google', reason })
}

/** The end of the console, in lines; empty if there is none yet. */
export async function readConsole(instance: GoogleInstance, lines: number): Promise<string> {
  try {
    // A negative start counts from the end, in bytes.
    const path = `${pathOf(instance)}/serialPort?port=1&start=-${lines * LINE_BYTES}`
    const { contents = '' } = await openCompute().get<{ readonly contents?: string }>(path)
    return contents.trimEnd().split('\n').slice(-lines).join('\n')
  } catch (error) {
    if (isAbsent(error)) return ''
    throw error
  }
}

const LINE_BYTES = 200
