/** What can go wrong with the names of labs for plain `ssh`. */
export type NamesFault =
  | {
      readonly code: 'ssh-names-left'
      readonly file: string
      readonly reason: string
      readonly verb: 'add' | 'remove'
      readonly line: string
    }
  | { readonly code: 'ssh-names-path'; readonly folder: string }
