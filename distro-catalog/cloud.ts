import type { CloudProvider, OfferingProvider, Provider } from './provider.js'

/** Whether machines there are made from images, in sizes; else they exist already. */
export const hasOffers = (provider: Provider): provider is OfferingProvider => 'sizes' in provider

/** Whether machines there have types from a price list, and are in regions; else they are on a user's computer. */
export const isCloud = (provider: Provider): provider is CloudProvider => 'instanceTypes' in provider
