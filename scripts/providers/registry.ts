import type { CloudName, OfferingName, ProviderName } from '../../distro-catalog/provider-names.js'
import { LabError } from '../errors.js'
import type { OpenAsker } from '../refresh/question.js'
import type { ImageProvider } from './image-provider.js'
import type { Provider } from './provider.js'
import type { WarmImages } from './warm-images.js'

interface Entry {
  /** Its machines are processes of the computer and the user that made them. */
  readonly runsHere: boolean
  /**
   * Loads its code, which costs nothing until it is used. A provider is only called with specs that it has built
   * itself, so its own spec may stand for any spec here.
   */
  readonly load: () => Promise<Provider>
}

interface OfferingEntry extends Entry {
  /** Loads the code that asks it whether the catalog's selectors still find an image. */
  readonly loadAsker: () => Promise<OpenAsker>
}

interface CloudEntry extends OfferingEntry {
  /** Loads the code that imports images there. */
  readonly loadImages: () => Promise<ImageProvider>
}

const entries: Readonly<
  Record<ProviderName, Entry> & Record<OfferingName, OfferingEntry> & Record<CloudName, CloudEntry>
> = {
  aws: {
    runsHere: false,
    load: async () => (await import('./aws/provider.js')).aws,
    loadAsker: async () => (await import('./aws/asker.js')).openAwsAsker,
    loadImages: async () => (await import('./aws/images.js')).awsImages,
  },
  azure: {
    runsHere: false,
    load: async () => (await import('./azure/provider.js')).azure,
    loadAsker: async () => (await import('./azure/asker.js')).openAzureAsker,
    loadImages: async () => (await import('./azure/images.js')).azureImages,
  },
  google: {
    runsHere: false,
    load: async () => (await import('./google/provider.js')).google,
    loadAsker: async () => (await import('./google/asker.js')).openGoogleAsker,
    loadImages: async () => (await import('./google/images.js')).googleImages,
  },
  local: {
    runsHere: true,
    load: async () => (await import('./local/provider.js')).local,
    loadAsker: async () => (await import('./local/asker.js')).openLocalAsker,
  },
  static: { runsHere: false, load: async () => (await import('./static/provider.js')).existing },
}

/** Of machines of this computer; no other provider can clone them. */
export const loadWarmImages = async (): Promise<WarmImages> =>
  (await import('./local/warm-images.js')).warmImages

/** By a name in a record, which a newer version may have written. */
const entryOf = (name: string): Entry | undefined => (isSupported(name) ? entries[name] : undefined)

/** Whether this version supports labs of that provider. */
export const isSupported = (name: string): name is ProviderName => Object.hasOwn(entries, name)

export const runsHere = (name: string): boolean => entryOf(name)?.runsHere === true

/** Throws LabError usage for one that is not part of this version. */
export async function providerOf(name: string): Promise<Provider> {
  const entry = entryOf(name)
  if (entry !== undefined) return entry.load()
  throw new LabError({ code: 'usage', problem: `The provider ${name} is not part of this version.` })
}

export const imageProviderOf = ({ provider }: { readonly provider: CloudName }): Promise<ImageProvider> =>
  entries[provider].loadImages()

export const askerOf = (name: OfferingName): Promise<OpenAsker> => entries[name].loadAsker()
