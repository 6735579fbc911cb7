import type { CloudRefusalCode } from '../../../scripts/providers/faults.js'

/** What a cloud says, in its own words, and what it is. */
export type Said = readonly [is: CloudRefusalCode, text: string]
