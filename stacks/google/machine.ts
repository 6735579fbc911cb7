import {
  ComputeInstance,
  type ComputeInstanceScheduling,
} from '@cdktf/provider-google/lib/compute-instance/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import type { CloudMachine } from '../cloud-spec.js'
import { endOfLife } from './end.js'
import type { Image } from './image.js'
import { keyMetadata } from './key.js'
import { labelValue, machineName } from './names.js'
import type { Network } from './network.js'
import type { GoogleLabSpec } from './spec.js'

/** No service account, no serial console; its disk, encrypted as all of Google's, goes with it. */
export function buildMachine(
  stack: TerraformStack,
  spec: GoogleLabSpec,
  machine: CloudMachine,
  base: string,
  { image, network }: { readonly image: Image; readonly network: Network },
): ComputeInstance {
  const labels = Object.fromEntries(Object.entries(spec.tags).map(([key, value]) => [key, labelValue(value)]))
  // A change of the disk's labels would make the machine anew, so they don't say when it is over.
  const { 'distrolab-expires': _expires, ...diskLabels } = labels
  return new ComputeInstance(stack, machine.name, {
    name: machineName(base),
    machineType: spec.instanceType,
    zone: spec.zone,
    labels,
    tags: [network.tag],
    bootDisk: {
      autoDelete: true,
      initializeParams: { image: image.id, size: image.diskGiB, type: spec.diskType, labels: diskLabels },
    },
    networkInterface: [{ ...network.interface, accessConfig: [{ networkTier: 'PREMIUM' }] }],
    metadata: {
      ...keyMetadata(spec, machine),
      'disable-legacy-endpoints': 'TRUE',
      'serial-port-enable': 'FALSE',
      ...(machine.userData === null ? {} : { 'user-data': machine.userData }),
      ...(spec.startupScript === null ? {} : { 'startup-script': spec.startupScript }),
    },
    shieldedInstanceConfig: {
      enableSecureBoot: spec.secureBoot,
      enableVtpm: spec.secureBoot,
      enableIntegrityMonitoring: spec.secureBoot,
    },
    scheduling: buildScheduling(spec),
    deletionProtection: false,
    timeouts: { create: '5m', delete: '10m' },
    ...(network.dependsOn.length === 0 ? {} : { dependsOn: network.dependsOn }),
    // A moved expiry is set by the API: through the engine it would make the machine anew. A machine that takes another's
    // place goes by what is recorded now; OpenTofu would give it the old one's.
    lifecycle: { ignoreChanges: [...(machine.isNew ? [] : ['scheduling']), ...image.ignoreChanges] },
  })
}

/** Google itself deletes the machine at the end of its life, whatever becomes of us. */
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
