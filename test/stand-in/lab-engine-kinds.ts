/** What a configuration declares of one resource. */
export type Declared = Readonly<Record<string, unknown>> & {
  readonly name?: string
  readonly tags?: Readonly<Record<string, string>>
}

/** What a kind's creation may use. */
export interface Making {
  /** The id of what a reference such as `${aws_vpc.lab_network.id}` means. */
  readonly idOf: (reference: unknown) => string
  /** What is declared is there from now on under this id, finished or not. */
  readonly made: (id: string) => void
}

/** One kind of resource, as a provider would make, find and remove it. */
export interface Kind {
  create(declared: Declared, making: Making): Promise<void>
  isThere(id: string): Promise<boolean>
  remove(id: string): Promise<unknown>
}

/** A provider, its kinds in the order in which they are made. */
export interface StandInProvider {
  readonly kinds: Readonly<Record<string, Kind>>
  /** The public address of a machine; `idOf` as in `Making`. */
  readonly address: (machine: string, idOf: Making['idOf']) => Promise<string>
}

/** Carries out what changes something at the cloud, once: nothing is asked for again. */
export type CarryOut = <T>(call: () => Promise<T>) => Promise<T>
