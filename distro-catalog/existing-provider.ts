import { existingNames, type ExistingName } from './provider-names.js'

/** The user's own machines, which no lab makes. */
export interface ExistingProvider {
  readonly name: ExistingName
  readonly title: string
}

export const existingProviders: readonly ExistingProvider[] = [
  { name: existingNames[0], title: 'Machines that exist already' },
]
