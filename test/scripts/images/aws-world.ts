import { afterAll, afterEach, beforeAll } from '@jest/globals'
import { TestAws } from '../../services/aws.js'
import { awsProvider } from '../../services/aws-provider.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import type { ImageServer } from '../../stacks/local/driver/image-server.js'
import { makeCatalog, startVendor } from './import-lab.js'

export const REGION = 'eu-west-1'

/** A vendor of images and an emulated AWS, on loopback; images are made by OpenTofu's own provider. */
export interface AwsWorld {
  readonly vendor: ImageServer
  readonly aws: TestAws
  /** What the vendor publishes. */
  readonly disk: Buffer
}

/** Registers the servers' start and end; returns the world, what makes a computer in it, and that one's variables. */
export async function useAwsImports(megabytes: number) {
  let world: AwsWorld | undefined
  const provider = await awsProvider()
  const sandbox = useSandboxes()
  beforeAll(async () => {
    world = { aws: await TestAws.start(), ...(await startVendor(megabytes)) }
  })
  afterEach(async () => {
    world?.aws.obey()
    await world?.aws.unregister(REGION)
  })
  afterAll(async () => {
    await world?.vendor.stop()
    await world?.aws.stop()
  })
  const present = (): AwsWorld => {
    if (world === undefined) throw new Error('the servers have not been started')
    return world
  }
  const computer = async (): Promise<Sandbox> => {
    const box = await sandbox()
    const catalog = await makeCatalog(box, present().vendor)
    await box.configure(`catalog: [${catalog}]\nproviderVersions: { aws: ${provider?.version} }\n`)
    return box
  }
  return {
    ...{ world: present, computer, hasProvider: provider !== undefined },
    env: (changes: Readonly<Record<string, string | undefined>> = {}) => ({
      ...{ ...present().aws.env, TF_CLI_CONFIG_FILE: provider?.configFile, ...changes },
    }),
  }
}
