import type { Catalog } from '../../distro-catalog/catalog.js'
import { hasOffers } from '../../distro-catalog/cloud.js'
import type { Distro } from '../../distro-catalog/distro.js'
import type { Architecture } from '../../distro-catalog/offer-schema.js'
import type { OfferingName } from '../../distro-catalog/provider-names.js'

/** One selector of the catalog: does it still find an image? */
export interface Question {
  readonly distro: Distro
  readonly provider: OfferingName
  readonly architecture: Architecture
}

/**
 * `nothing`: it was asked, and there is none. `not-asked`: it cannot be known from here, and is never
 * guessed.
 */
export type Answer =
  | {
      readonly outcome: 'found'
      /** The newest image, by its name or its digest. */
      readonly newest: string
      /** When it was published, if known: ISO 8601, in UTC. */
      readonly date: string | null
    }
  | { readonly outcome: 'nothing' | 'not-asked'; readonly reason: string }

export type Asker = (question: Question) => Promise<Answer>

/**
 * Finds out whether a provider can be asked at all, and returns the object that asks it. Throws LabError if
 * it cannot.
 */
export type OpenAsker = (signal: AbortSignal) => Promise<Asker>

export interface Row {
  readonly distro: string
  readonly provider: OfferingName
  readonly architecture: Architecture
  readonly answer: Answer
}

const ARCHITECTURES: readonly Architecture[] = ['x86_64', 'arm64']

/** Every selector of these distros, in the order of the catalog. */
export function questionsOf({ providers }: Catalog, distros: readonly Distro[]): Question[] {
  return distros.flatMap((distro) =>
    [...providers.values()]
      .filter(hasOffers)
      .flatMap(({ name: provider }) =>
        ARCHITECTURES.filter(
          (architecture) => distro.providers[provider]?.architectures[architecture] !== undefined,
        ).map((architecture) => ({ distro, provider, architecture })),
      ),
  )
}

/** The distros that get no more updates on that day (`YYYY-MM-DD`). */
export const endedOn = (distros: readonly Distro[], day: string): Distro[] =>
  distros.filter(({ endOfLife }) => endOfLife !== undefined && endOfLife < day)
