import { listAzure } from './client.js'

const STORAGE = '2023-05-01'

export interface StorageAccount {
  /** The whole id: `/subscriptions/…`. */
  readonly id: string
  readonly region: string
  /** Its blob URL, without a slash at the end: `https://ACCOUNT.blob.core.windows.net`. */
  readonly blobs: string
}

interface Listed {
  readonly id: string
  readonly name: string
  readonly location: string
  readonly properties: { readonly primaryEndpoints?: { readonly blob?: string } }
}

/**
 * A storage account of the subscription; undefined if it has none of that name. Throws LabError like
 * `readAzure`.
 */
export async function findStorageAccount(
  name: string,
  signal: AbortSignal,
): Promise<StorageAccount | undefined> {
  const all = await listAzure<Listed>('/providers/Microsoft.Storage/storageAccounts', {
    apiVersion: STORAGE,
    signal,
  })
  const found = all.find((account) => account.name === name)
  if (found === undefined) return undefined
  const { id, location: region, properties } = found
  // Azure uses both forms: `West Europe`.
  return {
    id,
    region: region.toLowerCase().replaceAll(' ', ''),
    blobs: (properties.primaryEndpoints?.blob ?? '').replace(/\/+$/, ''),
  }
}
