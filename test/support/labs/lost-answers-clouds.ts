import { awsMachineAt } from '../../stand-in/aws-machines.js'
import { azureMachineAt } from '../../stand-in/azure-machines.js'
import { REGION as AZURE_REGION, TestAzure } from '../../stand-in/azure.js'
import type { MachineAt } from '../../stand-in/cloud-machines.js'
import { GoogleCloud } from '../../stand-in/google/google-cloud.js'
import { googleMachineAt } from '../../stand-in/google/machines.js'
import { Losses } from '../../stand-in/losses.js'
import { TestAws } from '../../services/aws.js'

/** A cloud's stand-in that can lose answers. */
export interface LosingCloud {
  readonly env: Readonly<Record<string, string>>
  readonly region: string
  readonly machineAt: MachineAt
  readonly losses: Losses
  /** By the cloud's own listing. */
  made(): Promise<readonly string[]>
  machines(): Promise<number>
  stop(): Promise<void>
}

const AWS_REGION = 'eu-west-1'

async function startAws(): Promise<LosingCloud> {
  const aws = await TestAws.start()
  const losses = new Losses()
  let n = 0
  aws.proxy.plan((seen) => {
    const action = new URLSearchParams(seen.body).get('Action') ?? ''
    // Our own client asks again, under another signature.
    const loss = /^(Describe|Get|$)/.test(action) ? undefined : losses.of(`${action} ${n++}`)
    if (loss === undefined) return undefined
    return loss === 'reset' ? 'reset after' : { status: 503, when: 'after' }
  })
  return {
    env: aws.env,
    region: AWS_REGION,
    machineAt: awsMachineAt(aws, AWS_REGION),
    losses,
    async made() {
      const { instances, groups, keys, volumes } = await aws.made(AWS_REGION)
      const ids = [...instances.map(({ InstanceId }) => InstanceId), ...groups.map(({ GroupId }) => GroupId)]
      return [...ids.map(String), ...keys, ...volumes]
    },
    machines: async () => (await aws.made(AWS_REGION)).instances.length,
    stop: () => aws.stop(),
  }
}

async function startAzure(): Promise<LosingCloud> {
  const azure = await TestAzure.start()
  return {
    env: azure.env,
    region: AZURE_REGION,
    machineAt: azureMachineAt(azure),
    losses: azure.losses,
    made: () => Promise.resolve(azure.made),
    machines: () => Promise.resolve(azure.made.filter((each) => each.startsWith('virtualMachines/')).length),
    stop: () => azure.stop(),
  }
}

async function startGoogle(): Promise<LosingCloud> {
  const google = await GoogleCloud.start()
  return {
    env: google.env,
    region: 'europe-west1',
    machineAt: googleMachineAt(google),
    losses: google.losses,
    made: () =>
      Promise.resolve(
        Object.values(google.made)
          .flat()
          .map(({ name }: { readonly name: string }) => name),
      ),
    machines: () => Promise.resolve(google.made.instances.length),
    stop: () => google.stop(),
  }
}

export const starts: Readonly<Record<string, () => Promise<LosingCloud>>> = {
  aws: startAws,
  azure: startAzure,
  google: startGoogle,
}
