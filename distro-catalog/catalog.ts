import type { Distro } from './distro.js'
import type { Provider } from './provider.js'
import type { ProviderName } from './provider-names.js'

/** Everything that can run, already validated: code that has a Catalog need not check it again. */
export interface Catalog {
  /** By release name, in the order of the names. */
  readonly distros: ReadonlyMap<string, Distro>
  readonly providers: ReadonlyMap<ProviderName, Provider>
  /** Bare name → release name; every target is in `distros`. */
  readonly aliases: ReadonlyMap<string, string>
}
