import type { BackendLocation } from './location.js'
import type { ObjectStore } from './store.js'

/** Opens the store of a location. Nothing is made or contacted yet; a kind's code is loaded only when used. */
export async function openStore(location: BackendLocation): Promise<ObjectStore> {
  switch (location.kind) {
    case 'directory': {
      const { DirectoryStore } = await import('./directory.js')
      return new DirectoryStore(location)
    }
  }
}
