/** What can go wrong with labs of machines that exist already. */
export type ExistingFault =
  | {
      readonly code: 'not-offered'
      readonly lab: string
      readonly provider: string
      readonly verb: 'reset' | 'swap' | 'stop' | 'start'
    }
  | {
      readonly code: 'console-absent'
      readonly lab: string
      readonly machine: string
      readonly provider: string
    }
  | {
      readonly code: 'machines-needed'
      readonly profile: string
      readonly provider: string
      readonly distro: string
    }
  | { readonly code: 'own-key-needed'; readonly profile: string; readonly provider: string }
  | {
      readonly code: 'machines-differ'
      readonly lab: string
      readonly machine: string
      readonly profile: string
      /** According to the record, and to the configuration of this computer. */
      readonly has: string
      readonly configured: string
    }
