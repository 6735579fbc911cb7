import type { StateBackend } from '../backend/state-backend.js'

/** The input of an image's stack on any provider: values only. */
export interface ImportedImageSpec {
  /** Of the stack: `arch-x86_64`. */
  readonly id: string
  readonly state: StateBackend
  readonly name: string
  readonly description: string
  readonly tags: Readonly<Record<string, string>>
  readonly firmware: 'uefi' | 'bios'
  readonly providerVersion: string | null
}
