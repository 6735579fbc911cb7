import type { Catalog } from './catalog.js'
import type { Distro } from './distro.js'
import { hasOffers } from './cloud.js'
import { CatalogError } from './errors.js'
import { nearNames } from './near-names.js'
import type { Architecture } from './offer-schema.js'
import type { ProfileMachine } from './profile-machine-schema.js'
import type { Provider } from './provider.js'
import {
  distroNames,
  findDistro,
  findProvider,
  resolveDistro,
  resolveOffer,
  resolveProvider,
} from './resolve.js'
import type { UserProfile } from './user-profile-schema.js'

export type UserProfiles = Readonly<Record<string, UserProfile>>

export interface Profile {
  /** As the user wrote it: an alias stays an alias. */
  readonly name: string
  readonly distro: Distro
  readonly provider: Provider
  readonly size?: string
  readonly instanceType?: string
  readonly architecture?: Architecture
  readonly region?: string
  readonly zone?: string
  readonly network?: string
  readonly diskGiB?: number
  readonly spot?: boolean
  /** Undefined: one machine, as the rest of the profile says. */
  readonly machines?: readonly ProfileMachine[]
}

/**
 * A user's named profile, else `<distro>-<provider>` split at the last dash. The pair is known to have an
 * image, where machines are made from one. Size and instance type are passed on unchecked (see `resolveSize`).
 *
 * @throws CatalogError `profile-unknown`, `distro-unknown`, `provider-unknown` or `pair-unavailable`.
 */
export function resolveProfile(catalog: Catalog, given: string, userProfiles: UserProfiles = {}): Profile {
  const named = Object.hasOwn(userProfiles, given) ? userProfiles[given] : undefined
  const [distroName, providerName] = splitProfile(given)
  const known = named !== undefined || isPairOfNames(catalog, distroName, providerName)
  if (!known) throw unknownProfile(catalog, given, userProfiles)
  const distro = resolveDistro(catalog, named?.distro ?? distroName)
  const provider = resolveProvider(catalog, named?.provider ?? providerName)
  if (hasOffers(provider)) resolveOffer(distro, provider.name)
  const chosen = named === undefined ? {} : choicesOf(named)
  return {
    name: given,
    distro,
    provider,
    ...chosen,
  }
}

/** What its machines are made of; the rest is what is done to them. */
function choicesOf(profile: UserProfile): Omit<Profile, 'name' | 'distro' | 'provider'> {
  const { distro: _distro, provider: _provider, disk, arch, ...rest } = profile
  const { fixtures: _fixtures, mesh: _mesh, setup: _setup, ...chosen } = rest
  return {
    ...chosen,
    ...(disk === undefined ? {} : { diskGiB: disk }),
    ...(arch === undefined ? {} : { architecture: arch }),
  }
}

/**
 * The same with another distro, by name or alias, which is known to have an image there.
 *
 * @throws CatalogError `distro-unknown` or `pair-unavailable`.
 */
export function withDistro(catalog: Catalog, profile: Profile, given: string): Profile {
  const distro = resolveDistro(catalog, given)
  if (hasOffers(profile.provider)) resolveOffer(distro, profile.provider.name)
  return { ...profile, distro }
}

/** The profile of a release that has an image there. @throws CatalogError as `resolveProfile` does. */
export const profileOfPair = (catalog: Catalog, distro: string, provider: string): Profile =>
  resolveProfile(catalog, `${distro}-${provider}`)

/**
 * Every name that `resolveProfile` accepts: the user's, then alias and release of every pair that has an
 * image.
 */
export function listProfileNames(catalog: Catalog, userProfiles: UserProfiles = {}): string[] {
  const pairs = distroNames(catalog).flatMap((distro) =>
    [...catalog.providers.values()]
      .filter(hasOffers)
      .filter(({ name }) => findDistro(catalog, distro)?.providers[name] !== undefined)
      .map(({ name }) => `${distro}-${name}`),
  )
  return [...new Set([...Object.keys(userProfiles), ...pairs])]
}

/**
 * The most helpful error for an unknown profile: near profiles if there are any, else which half of the name
 * is unknown. A bare distro (`debian-13`) is a profile without its provider.
 */
function unknownProfile(catalog: Catalog, given: string, userProfiles: UserProfiles): CatalogError {
  const names = listProfileNames(catalog, userProfiles)
  const completions = names.filter((name) => splitProfile(name)[0] === given)
  const near = completions.length > 0 ? completions : nearNames(given, names)
  const [distro, provider] = splitProfile(given)
  if (near.length === 0 && findProvider(catalog, provider) !== undefined) {
    return new CatalogError({
      code: 'distro-unknown',
      given: distro,
      near: nearNames(distro, distroNames(catalog)),
    })
  }
  if (near.length === 0 && findDistro(catalog, distro) !== undefined) {
    const nearProviders = nearNames(provider, catalog.providers.keys())
    return new CatalogError({ code: 'provider-unknown', given: provider, near: nearProviders })
  }
  return new CatalogError({ code: 'profile-unknown', given, near })
}

const isPairOfNames = (catalog: Catalog, distro: string, provider: string): boolean =>
  findDistro(catalog, distro) !== undefined && findProvider(catalog, provider) !== undefined

function splitProfile(given: string): [distro: string, provider: string] {
  const dash = given.lastIndexOf('-')
  return dash < 0 ? [given, ''] : [given.slice(0, dash), given.slice(dash + 1)]
}
