/** A field of a record that differs from what this computer computes. */
export interface Mismatch {
  readonly field: string
  readonly expected: string
  readonly found: string
}
