import { DevTestGlobalVmShutdownSchedule } from '@cdktf/provider-azurerm/lib/dev-test-global-vm-shutdown-schedule/index.js'
import { LinuxVirtualMachine } from '@cdktf/provider-azurerm/lib/linux-virtual-machine/index.js'
import type { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import type { Image } from './image.js'
import { adminKeys } from './key.js'
import { machineName, partName } from './names.js'
import { placeOf, type Connection } from './network.js'
import type { AzureLabSpec, AzureMachine } from './spec.js'

/** No identity, no extensions, no password, no boot diagnostics; the disk is encrypted as all managed disks are. */
export function buildMachine(
  stack: TerraformStack,
  spec: AzureLabSpec,
  machine: AzureMachine,
  parts: { readonly group: ResourceGroup; readonly image: Image; readonly connection: Connection },
): LinuxVirtualMachine {
  const { group, image, connection } = parts
  const base = `${spec.id}-${machine.name}`
  return new LinuxVirtualMachine(stack, machine.name, {
    ...placeOf(spec, group),
    name: machineName(base),
    computerName: machine.hostname,
    size: machine.instanceType,
    ...(spec.zone === null ? {} : { zone: spec.zone }),
    adminUsername: machine.user,
    adminSshKey: adminKeys(spec, machine),
    disablePasswordAuthentication: true,
    networkInterfaceIds: [connection.interfaceId],
    osDisk: {
      name: partName(base, 'disk'),
      caching: 'ReadWrite',
      storageAccountType: 'StandardSSD_LRS',
      diskSizeGb: image.diskGiB,
    },
    ...image.source,
    ...(machine.plan === null ? {} : { plan: { ...machine.plan } }),
    secureBootEnabled: machine.secureBoot,
    vtpmEnabled: machine.secureBoot,
    allowExtensionOperations: false,
    patchMode: 'ImageDefault',
    ...(spec.spot ? { priority: 'Spot', evictionPolicy: 'Delete' } : {}),
    ...(machine.userData === null ? {} : { customData: machine.userData }),
    timeouts: { create: '10m', delete: '10m' },
    // User data counts only at the first boot; changing it would recreate the machine.
    lifecycle: { ignoreChanges: ['custom_data', ...image.ignoreChanges] },
  })
}

const DAY_SECONDS = 86_400

/**
 * Azure deletes nothing by itself, and charges for a machine that shut itself down. It can stop a machine at
 * a time of the day, which ends most of the cost. The schedule runs every day, so it is enabled only for a
 * lab that expires within a day. It always exists, because moving a lab's expiry enables or disables it, and
 * OpenTofu must not find a resource that it did not make.
 */
export function buildShutdown(
  stack: TerraformStack,
  { lifetime, tags }: AzureLabSpec,
  machine: AzureMachine,
  { id, location }: LinuxVirtualMachine,
): void {
  new DevTestGlobalVmShutdownSchedule(stack, `${machine.name}_shutdown`, {
    virtualMachineId: id,
    location,
    enabled: lifetime !== null && lifetime.seconds <= DAY_SECONDS,
    dailyRecurrenceTime: lifetime?.expiresAt.slice(11, 16).replace(':', '') ?? '0000',
    timezone: 'UTC',
    notificationSettings: { enabled: false },
    tags: { ...tags },
  })
}
