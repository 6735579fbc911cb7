import { Instance } from '@cdktf/provider-aws/lib/instance/index.js'
import type { KeyPair } from '@cdktf/provider-aws/lib/key-pair/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import type { Image } from './image.js'
import { machineName } from './names.js'
import type { Network } from './network.js'
import type { AwsLabSpec, AwsMachine } from './spec.js'

/** No role, encrypted root, metadata only by token; terminating it removes its disk. */
export function buildMachine(
  stack: TerraformStack,
  spec: AwsLabSpec,
  machine: AwsMachine,
  base: string,
  parts: { readonly image: Image; readonly network: Network; readonly key: KeyPair },
): Instance {
  const { image, network, key } = parts
  const tags = { ...spec.tags, Name: machineName(base) }
  return new Instance(stack, machine.name, {
    ami: image.id,
    instanceType: machine.instanceType,
    keyName: key.keyName,
    vpcSecurityGroupIds: network.securityGroupIds,
    ...(network.subnetId === undefined ? {} : { subnetId: network.subnetId }),
    ...(spec.zone === null ? {} : { availabilityZone: spec.zone }),
    associatePublicIpAddress: true,
    instanceInitiatedShutdownBehavior: spec.lifetime === null ? 'stop' : 'terminate',
    metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
    rootBlockDevice: {
      encrypted: true,
      volumeType: 'gp3',
      deleteOnTermination: true,
      volumeSize: image.diskGiB,
      tags,
    },
    // Otherwise burstable types cost a surcharge when their credits are used up.
    ...(/^t\d/.test(machine.instanceType) ? { creditSpecification: { cpuCredits: 'standard' } } : {}),
    ...(spec.spot ? { instanceMarketOptions: SPOT } : {}),
    ...(machine.userData === null ? {} : { userData: machine.userData }),
    tags,
    timeouts: { create: '5m', delete: '10m' },
    ...(network.dependsOn.length === 0 ? {} : { dependsOn: network.dependsOn }),
    // User data counts only at the first boot, and changing it would stop an existing machine. For a
    // replacement machine, OpenTofu would reuse the old machine's user data.
    lifecycle: { ignoreChanges: [...(machine.isNew ? [] : ['user_data']), ...image.ignoreChanges] },
  })
}

const SPOT = {
  marketType: 'spot',
  spotOptions: { instanceInterruptionBehavior: 'terminate', spotInstanceType: 'one-time' },
}
