import { text } from 'node:stream/consumers'
import type { ListObjectsV2Command, ListObjectsV2CommandOutput } from '@aws-sdk/client-s3'
import { notAListing } from './bucket-answers.js'
import type { KeyPage } from './bucket.js'

/** Accepts exactly this document: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
const LISTING = /^\s*(<\?xml[^>]*>\s*)?<ListBucketResult[\s>][^]*<\/ListBucketResult>\s*$/

/**
 * The SDK reads any successful answer as a listing, at worst an empty one; this throws if the answer is not
 * one.
 */
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
  // A page that is not the last one and does not lead to another would hide the rest.
  if (IsTruncated === undefined || next === undefined) throw notAListing('<ListBucketResult> without its end')
  return { keys, next }
}
