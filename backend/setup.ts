/** How a place is prepared for labs, and who can see into it: one implementation for each kind of store. */
export interface Setup {
  /** Creates the place unless it exists. Throws BackendError `store-taken` if it is someone else's. */
  make(): Promise<'made' | 'found'>
  /** What the place should have, in the order in which it is set. */
  readonly aspects: readonly Aspect[]
  /**
   * The provider's own servers do what they confirm, though it may take minutes until a setting shows. For
   * any other server, a setting counts only once it shows.
   */
  readonly isTrusted: boolean
  visibility(): Promise<Visibility>
  /** Our identity at the server; undefined if it does not tell. */
  identity(): Promise<string | undefined>
}

export type AspectName = 'versioning' | 'encryption' | 'uniform access' | 'public access' | 'old versions'

export interface Aspect {
  readonly name: AspectName
  look(): Promise<Look>
  /** Applies the wanted setting. `unsupported`: the server says that it cannot. */
  set(): Promise<'done' | 'unsupported'>
}

export interface Look {
  readonly is: 'right' | 'wrong' | 'unsupported'
  /** The setting as the provider names it; null if the server does not know it. */
  readonly found: string | null
}

/** Who can see into a place besides those who were given rights, as far as the server tells. */
export interface Visibility {
  /** What opens it to everyone. */
  readonly open: readonly string[]
  /** What would open it to everyone if public access were not blocked. */
  readonly blocked: readonly string[]
  /**
   * What we could not find out: missing rights, by the provider's names, or questions the server does not
   * support.
   */
  readonly untold: readonly string[]
}

/** Whether everyone can read there; null if the answers were incomplete. */
export function isPublic({ open, untold }: Visibility): boolean | null {
  if (open.length > 0) return true
  return untold.length > 0 ? null : false
}

export interface Settled {
  readonly aspect: AspectName
  readonly outcome: 'kept' | 'changed' | 'unsupported'
  readonly before: string | null
  readonly after: string | null
}

/** Handles one aspect; a correct setting stays as it is. */
export async function settle(aspect: Aspect, { isTrusted }: Pick<Setup, 'isTrusted'>): Promise<Settled> {
  const { name } = aspect
  const { is, found: before } = await aspect.look()
  if (is === 'right') return { aspect: name, outcome: 'kept', before, after: before }
  const unsupported = { aspect: name, outcome: 'unsupported', before, after: before } as const
  if (is === 'unsupported' || (await aspect.set()) === 'unsupported') return unsupported
  const now = await aspect.look()
  if (now.is !== 'right' && !isTrusted) return unsupported
  return { aspect: name, outcome: 'changed', before, after: now.found }
}

/** How long old versions are kept, in days: time to notice a damaged state. */
export const oldVersionsDays = 30
