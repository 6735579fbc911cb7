/**
 * Every provider that stacks/ supports, in the order of the file names. A new one needs a word here, a file
 * in providers/ (clouds: also one in regions/) and a key in `offersSchema`.
 */
export const cloudNames = ['aws', 'azure', 'google'] as const
export type CloudName = (typeof cloudNames)[number]

/** Those whose machines are the user's own computers. */
export const computerNames = ['local'] as const

/** Those whose machines exist before a lab and after it: the catalog has no images or sizes for them. */
export const existingNames = ['static'] as const
export type ExistingName = (typeof existingNames)[number]

export const isExistingName = (provider: string): provider is ExistingName =>
  (existingNames as readonly string[]).includes(provider)

/** Those with images and sizes in the catalog. */
export type OfferingName = CloudName | (typeof computerNames)[number]

export const providerNames = [...cloudNames, ...computerNames, ...existingNames] as const
export type ProviderName = (typeof providerNames)[number]
