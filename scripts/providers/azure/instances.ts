import { groupName, machineName } from '../../../stacks/azure/names.js'
import { changeAzure, listAzure, readAzure, readBlob } from './client.js'

const COMPUTE = '2024-07-01'

export interface AzureInstance {
  /** The whole id: `/subscriptions/…`. */
  readonly id: string
  readonly name: string
  readonly region: string
  /** `running`, `deallocated`, …; empty if it never started. */
  readonly power: string
  /** The result of its creation: `Succeeded`, `Creating`, `Failed`. */
  readonly provisioning: string
  readonly tags: Readonly<Record<string, string>>
  readonly hasConsole: boolean
}

interface VirtualMachine {
  readonly id: string
  readonly name: string
  readonly location: string
  readonly tags?: Readonly<Record<string, string>>
  readonly properties: {
    readonly provisioningState?: string
    readonly instanceView?: { readonly statuses?: readonly { readonly code: string }[] }
    readonly diagnosticsProfile?: { readonly bootDiagnostics?: { readonly enabled?: boolean } }
  }
}

const placeOf = (lab: string): string =>
  `/resourceGroups/${groupName(lab)}/providers/Microsoft.Compute/virtualMachines`

/**
 * A machine by its names; undefined if there is none. `lab`: as from `labId`. Throws LabError like
 * `readAzure`.
 */
export async function findInstance(lab: string, machineId: string): Promise<AzureInstance | undefined> {
  const found = await readAzure<VirtualMachine>(`${placeOf(lab)}/${machineName(machineId)}`, {
    apiVersion: COMPUTE,
    query: { $expand: 'instanceView' },
  })
  return found === undefined ? undefined : described(found)
}

/** The machines of a lab's group, each as `findInstance` returns it. */
export async function findInstances(lab: string, signal?: AbortSignal): Promise<AzureInstance[]> {
  const found = await listAzure<VirtualMachine>(placeOf(lab), { apiVersion: COMPUTE, signal })
  // A list contains no states.
  const each = await Promise.all(
    found.map(({ id }) =>
      readAzure<VirtualMachine>(id, { apiVersion: COMPUTE, query: { $expand: 'instanceView' }, signal }),
    ),
  )
  return each.flatMap((machine) => (machine === undefined ? [] : [described(machine)]))
}

const described = ({ id, name, location, tags = {}, properties }: VirtualMachine): AzureInstance => ({
  id,
  name,
  region: location,
  tags,
  provisioning: properties.provisioningState ?? '',
  power:
    properties.instanceView?.statuses
      ?.map(({ code }) => code.split('/'))
      .find(([kind]) => kind === 'PowerState')?.[1] ?? '',
  hasConsole: properties.diagnosticsProfile?.bootDiagnostics?.enabled === true,
})

/**
 * Starts a stopped machine and waits until it runs; its address stays. Throws LabError like `changeAzure`.
 */
export async function startInstance(lab: string, machineId: string, signal: AbortSignal): Promise<void> {
  await changeAzure('POST', `${placeOf(lab)}/${machineName(machineId)}/start`, {
    apiVersion: COMPUTE,
    signal,
  })
}

/**
 * Stops a machine and gives its hardware back, and waits for that: one that is only stopped is still billed.
 */
export async function deallocateInstance(lab: string, machineId: string, signal: AbortSignal): Promise<void> {
  await changeAzure('POST', `${placeOf(lab)}/${machineName(machineId)}/deallocate`, {
    apiVersion: COMPUTE,
    signal,
  })
}

/** The end of the console, in lines; empty if it is not kept (`boot_diagnostics`). */
export async function readConsole({ id, hasConsole }: AzureInstance, lines: number): Promise<string> {
  if (!hasConsole) return ''
  const { serialConsoleLogBlobUri: place } = (await changeAzure('POST', `${id}/retrieveBootDiagnosticsData`, {
    apiVersion: COMPUTE,
  })) as { readonly serialConsoleLogBlobUri?: string }
  if (place === undefined) return ''
  return (await readBlob(place)).trimEnd().split('\n').slice(-lines).join('\n')
}
