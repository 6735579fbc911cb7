/** What messages say about one cloud, and commands that help there; in a command line, `# …` is a remark. */
export interface CloudWords {
  readonly title: string
  /** What its credentials are for. */
  readonly project: 'project' | 'subscription'
  readonly logIn: string
  readonly logInAgain: string
  readonly nameProject: string
  /** The assignment that selects the credentials of an account. */
  readonly namingAccount: (account: string) => string
  readonly requestQuota: string
  /** Who can change a rule of the organisation. */
  readonly ruler: string
  /** The command that shows a rule, if there is one. */
  readonly showRule?: (rule: string | undefined) => string | undefined
  /** How a refusal names a rule of the organisation; the first match wins. */
  readonly rules: readonly RegExp[]
  /** Where a refusal says what a rule requires: in its name, or in the words after it. */
  readonly wishIn: 'rule' | 'reason'
  /** The command that shows the locks of a resource group, if groups have locks. */
  readonly showLocks?: (group: string) => string
  readonly openAccount: string
  /** The command that enables the service, for the service and project that a refusal names. */
  readonly switchOn?: (reason: string) => string
  readonly acceptTerms?: string
  /** What its libraries say about unusable credentials, and the command that helps; the first match wins. */
  readonly advice: readonly (readonly [RegExp, string])[]
  readonly images?: ImageWords
}

/** The same for images that are imported there. */
export interface ImageWords {
  /** Why no place for a disk is known, and what to add to the command `line`. `got`: what was given instead of one. */
  readonly placeNeeded?: (
    line: string,
    got: string | undefined,
  ) => { readonly message: string; readonly hint: string }
  /** What to do about an image that already has the name. */
  readonly nameTaken?: (image: {
    readonly id: string
    readonly region?: string
    readonly distro: string
  }) => string
}

export const THEN = 'then run the same command again'
