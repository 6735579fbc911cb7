/** A configuration's declaration of one resource. */
export type Declared = Readonly<Record<string, unknown>> & {
  readonly name?: string
  readonly tags?: Readonly<Record<string, string>>
}

/** What the creation of a kind may use. */
export interface Making {
  /** The id that a reference such as `${aws_vpc.lab_network.id}` means. */
  readonly idOf: (reference: unknown) => string
  /** Registers the declared thing under this id, finished or not, with the other values of its state. */
  readonly made: (id: string, attributes?: Readonly<Record<string, string>>) => void
}

/** One kind of resource, and how a provider would make, find and remove it. */
export interface Kind {
  create(declared: Declared, making: Making): Promise<void>
  /** The state's values for an imported one, if they are more than its import id. */
  imported?(importId: string): { readonly id: string; readonly attributes: Readonly<Record<string, string>> }
  isThere(id: string): Promise<boolean>
  remove(id: string): Promise<unknown>
}

/** A provider, with its kinds in the order in which they are made. */
export interface StandInProvider {
  readonly kinds: Readonly<Record<string, Kind>>
  /** The public address of a machine; `idOf` as in `Making`. */
  readonly address: (machine: string, idOf: Making['idOf']) => Promise<string>
}

/** Sends a changing request to the cloud once, and never again. */
export type CarryOut = <T>(call: () => Promise<T>) => Promise<T>
