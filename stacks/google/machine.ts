import {
  ComputeInstance,
  type ComputeInstanceScheduling,
} from '@cdktf/provider-google/lib/compute-instance/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { endOfLife } from './end.js'
import type { Image } from './image.js'
import { keyMetadata } from './key.js'
import { labelValue, machineName } from './names.js'
import type { Network } from './network.js'
import type { GoogleLabSpec, GoogleMachine } from './spec.js'

/** No service account, no serial console. Its disk, encrypted like all Google disks, is removed with it. */
export function buildMachine(
  stack: TerraformStack,
  spec: GoogleLabSpec,
  machine: GoogleMachine,
  base: string,
  { image, network }: { readonly image: Image; readonly network: Network },
): ComputeInstance {
  const labels = Object.fromEntries(Object.entries(spec.tags).map(([key, value]) => [key, labelValue(value)]))
  // Changing the disk's labels would recreate the machine, so they do not contain the expiry.
  const { 'distrolab-expires': _expires, ...diskLabels } = labels
  return new ComputeInstance(stack, machine.name, {
    name: machineName(base),
    machineType: machine.instanceType,
    zone: spec.zone,
    labels,
    tags: [network.tag],
    bootDisk: {
      autoDelete: true,
      initializeParams: { image: image.id, size: image.diskGiB, type: machine.diskType, labels: diskLabels },
    },
    networkInterface: [{ ...network.interface, accessConfig: [{ networkTier: 'PREMIUM' }] }],
    metadata: {
      ...keyMetadata(spec, machine),
      'disable-legacy-endpoints': 'TRUE',
      'serial-port-enable': 'FALSE',
      ...(machine.userData === null ? {} : { 'user-data': machine.userData }),
      ...(machine.startupScript === null ? {} : { 'startup-script': machine.startupScript }),
    },
    shieldedInstanceConfig: {
      enableSecureBoot: machine.secureBoot,
      enableVtpm: machine.secureBoot,
      enableIntegrityMonitoring: machine.secureBoot,
    },
    scheduling: buildScheduling(spec),
    deletionProtection: false,
    timeouts: { create: '5m', delete: '10m' },
    ...(network.dependsOn.length === 0 ? {} : { dependsOn: network.dependsOn }),
    // A moved expiry is set through the API, because the engine would recreate the machine. A replacement
    // machine uses the recorded expiry; OpenTofu would give it the old machine's.
    lifecycle: { ignoreChanges: [...(machine.isNew ? [] : ['scheduling']), ...image.ignoreChanges] },
  })
}

/** Google itself deletes the machine when it expires, whatever happens to us. */
function buildScheduling({ lifetime, spot }: GoogleLabSpec): ComputeInstanceScheduling {
  const kind = spot
    ? { provisioningModel: 'SPOT', preemptible: true, onHostMaintenance: 'TERMINATE' }
    : { provisioningModel: 'STANDARD' }
  if (lifetime === null) {
    return { ...kind, automaticRestart: !spot, ...(spot ? { instanceTerminationAction: 'DELETE' } : {}) }
  }
  return {
    ...kind,
    automaticRestart: false,
    instanceTerminationAction: 'DELETE',
    ...endOfLife(lifetime),
  }
}
