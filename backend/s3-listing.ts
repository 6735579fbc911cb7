import { text } from 'node:stream/consumers'
import type { ListObjectsV2Command, ListObjectsV2CommandOutput } from '@aws-sdk/client-s3'
import { notAListing } from './bucket-answers.js'
import type { KeyPage } from './bucket.js'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html: the whole document, and no other. */
const LISTING = /^\s*(<\?xml[^>]*>\s*)?<ListBucketResult[\s>][^]*<\/ListBucketResult>\s*$/

/** The SDK reads any answer of success as a listing, at worst as one of nothing; this throws for what is not one. */
export function requireListing(command: ListObjectsV2Command): void {
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const response = result.response as { readonly statusCode: number; body: unknown }
      if (response.statusCode >= 300) return result
      const body = await text(response.body as AsyncIterable<Uint8Array>)
      if (!LISTING.test(body)) throw notAListing(body)
      response.body = Buffer.from(body)
      return result
    },
    { step: 'deserialize', priority: 'low', name: 'distrolabListing' },
  )
}

export function pageOf(answer: ListObjectsV2CommandOutput): KeyPage {
  const { Contents = [], IsTruncated, NextContinuationToken: next } = answer
  const keys = Contents.flatMap(({ Key }) => Key ?? [])
  if (IsTruncated === false) return { keys }
  // A page that neither is the last one nor leads to another would hide the rest.
  if (IsTruncated === undefined || next === undefined) throw notAListing('<ListBucketResult> without its end')
  return { keys, next }
}
