import { startAzurite, type TestStorage } from '../../services/azurite.js'
import { TestAzure } from '../../stand-in/azure.js'
import { trust } from '../../stand-in/trust.js'
import type { ImageServer } from '../local-vm/image-server.js'
import { prepareComputer, startVendor } from './import-lab.js'
import { useWorld } from './world.js'

/** A vendor of images, a subscription and a storage account in it; all on loopback. */
export interface AzureWorld {
  readonly vendor: ImageServer
  readonly azure: TestAzure
  readonly storage: TestStorage
  /** What the vendor publishes. */
  readonly disk: Buffer
}

/** A world that begins and ends with the tests of the file, what makes a computer in it, and that one's variables. */
export function useAzureImports(megabytes: number) {
  let distrust: (() => void) | undefined
  const { world, computer } = useWorld<AzureWorld>({
    async start() {
      const azure = await TestAzure.start()
      distrust = trust(azure.certificate.certificate)
      return { azure, storage: await startAzurite(azure), ...(await startVendor(megabytes)) }
    },
    async clear({ azure, storage }) {
      azure.obey()
      for (const { id } of azure.resources.all) azure.resources.remove(id)
      await storage.clear()
    },
    async stop({ vendor, storage, azure }) {
      distrust?.()
      await Promise.all([vendor.stop(), storage.stop()])
      await azure.stop()
    },
    prepare: (box, { vendor }) => prepareComputer(box, vendor),
  })
  return {
    world,
    computer,
    env: (changes: Readonly<Record<string, string | undefined>> = {}) => ({
      ...world().azure.env,
      DISTROLAB_BUCKET: `${world().storage.url}/team`,
      ...changes,
    }),
  }
}

/** The names of all that is in the container. */
export async function blobsIn({ storage }: AzureWorld): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of storage.container.listBlobsFlat()) names.push(name)
  return names
}
