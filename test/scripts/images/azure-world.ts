import { afterAll, afterEach, beforeAll } from '@jest/globals'
import { startAzurite, type TestStorage } from '../../services/azurite.js'
import { TestAzure } from '../../stand-in/azure.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { trust } from '../../stand-in/trust.js'
import type { ImageServer } from '../../stacks/local/driver/image-server.js'
import { prepareComputer, startVendor } from './import-lab.js'

/** A vendor of images, a subscription and a storage account in it; all on loopback. */
export interface AzureWorld {
  readonly vendor: ImageServer
  readonly azure: TestAzure
  readonly storage: TestStorage
  /** What the vendor publishes. */
  readonly disk: Buffer
}

/** Registers the servers' start and end; returns the world, what makes a computer in it, and that one's variables. */
export function useAzureImports(megabytes: number) {
  let world: AzureWorld | undefined
  let distrust: (() => void) | undefined
  const sandbox = useSandboxes()
  beforeAll(async () => {
    const azure = await TestAzure.start()
    distrust = trust(azure.certificate.certificate)
    world = { azure, storage: await startAzurite(azure), ...(await startVendor(megabytes)) }
  })
  afterEach(async () => {
    world?.azure.obey()
    for (const { id } of world?.azure.resources.all ?? []) world?.azure.resources.remove(id)
    await world?.storage.clear()
  })
  afterAll(async () => {
    distrust?.()
    await Promise.all([world?.vendor.stop(), world?.storage.stop()])
    await world?.azure.stop()
  })
  const present = (): AzureWorld => {
    if (world === undefined) throw new Error('the servers have not been started')
    return world
  }
  const computer = async (): Promise<Sandbox> => {
    const box = await sandbox()
    await prepareComputer(box, present().vendor)
    return box
  }
  return {
    ...{ world: present, computer },
    env: (changes: Readonly<Record<string, string | undefined>> = {}) => ({
      ...{ ...present().azure.env, DISTROLAB_BUCKET: `${present().storage.url}/team`, ...changes },
    }),
  }
}

/** The names of all that is in the container. */
export async function blobsIn({ storage }: AzureWorld): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of storage.container.listBlobsFlat()) names.push(name)
  return names
}
