/** Parts of a setup, in their order. */
export type Part = 'packages' | 'files' | 'script'

/** Where a setup failed; the script, the line and its text are null where they are not known. */
export interface SetupPlace {
  readonly part: Part
  readonly script: string | null
  readonly line: number | null
  /** Of that line. */
  readonly text: string | null
  readonly output: string
}

/** What can go wrong with a setup. */
export type SetupFault =
  | ({
      readonly code: 'setup-failed'
      readonly lab: string
      readonly machine: string
      readonly exitCode: number
    } & SetupPlace)
  /** Of a living lab; `from`: the profile or file with another one. */
  | { readonly code: 'setup-changed'; readonly lab: string; readonly distro: string; readonly from: string }
  | { readonly code: 'setup-missing'; readonly lab: string; readonly profile: string | null }
  | { readonly code: 'setup-no-packages'; readonly distro: string }
