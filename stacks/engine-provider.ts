/** What OpenTofu needs, and may know, about the labs and images at a provider. */
export interface EngineProvider {
  /** Its address in OpenTofu's full form. */
  readonly source: string
  /**
   * Every type of resource that a stack here makes. A state with any other type was not made by distrolab.
   */
  readonly types: readonly string[]
}

/** Built into OpenTofu: nothing is downloaded for it. */
export const BUILT_IN = 'terraform.io/builtin/terraform'
