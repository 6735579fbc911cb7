/** How a place for labs is made fit for them, and who can see into it: one implementation for each kind of store. */
export interface Setup {
  /** Makes the place unless it is there. Throws BackendError, `store-taken` where it is somebody else's. */
  make(): Promise<'made' | 'found'>
  /** What the place should have, in the order in which it is given to it. */
  readonly aspects: readonly Aspect[]
  /**
   * The provider's own servers do what they confirm, though it may take minutes until a setting shows; of any other
   * server a confirmed setting counts when it shows.
   */
  readonly isTrusted: boolean
  visibility(): Promise<Visibility>
  /** Who we are to the server; undefined where it does not tell. */
  identity(): Promise<string | undefined>
}

export type AspectName = 'versioning' | 'encryption' | 'uniform access' | 'public access' | 'old versions'

export interface Aspect {
  readonly name: AspectName
  look(): Promise<Look>
  /** Gives the place what is wanted. `unsupported`: the server says that it cannot. */
  set(): Promise<'done' | 'unsupported'>
}

export interface Look {
  readonly is: 'right' | 'wrong' | 'unsupported'
  /** The setting as the provider calls it; null where the server knows none such. */
  readonly found: string | null
}

/** Who can see into a place besides those who were given rights, as far as the server tells us. */
export interface Visibility {
  /** What lets everybody in. */
  readonly open: readonly string[]
  /** What would let everybody in, were public access not blocked. */
  readonly blocked: readonly string[]
  /** What we could not find out: missing rights, by the provider's names, or questions that the server does not know. */
  readonly untold: readonly string[]
}

/** Whether everybody can read there; null where that was not told in full. */
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

/** Sees to one aspect: what is right already is left as it is. */
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

/** For how long old versions are kept, in days: time to notice that a state was spoilt. */
export const oldVersionsDays = 30
