import { TestAws } from '../../services/aws.js'
import { awsProvider } from '../../services/aws-provider.js'
import type { ImageServer } from '../local-vm/image-server.js'
import { makeCatalog, startVendor } from './import-lab.js'
import { useWorld } from './world.js'

export const REGION = 'eu-west-1'

/** A vendor of images and an emulated AWS, on loopback; images are made by OpenTofu's own provider. */
export interface AwsWorld {
  readonly vendor: ImageServer
  readonly aws: TestAws
  /** What the vendor publishes. */
  readonly disk: Buffer
}

/** A world that begins and ends with the tests of the file, what makes a computer in it, and that one's variables. */
export async function useAwsImports(megabytes: number) {
  const provider = await awsProvider()
  const { world, computer } = useWorld<AwsWorld>({
    start: async () => ({ aws: await TestAws.start(), ...(await startVendor(megabytes)) }),
    async clear({ aws }) {
      aws.obey()
      await aws.unregister(REGION)
    },
    async stop({ vendor, aws }) {
      await vendor.stop()
      await aws.stop()
    },
    async prepare(box, { vendor }) {
      const catalog = await makeCatalog(box, vendor)
      await box.configure(`catalog: [${catalog}]\nproviderVersions: { aws: ${provider?.version} }\n`)
    },
  })
  return {
    world,
    computer,
    provider,
    env: (changes: Readonly<Record<string, string | undefined>> = {}) => ({
      ...world().aws.env,
      TF_CLI_CONFIG_FILE: provider?.configFile,
      ...changes,
    }),
  }
}
