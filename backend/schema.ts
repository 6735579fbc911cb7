import { writeFile } from 'node:fs/promises'
import type { TSchema } from '@sinclair/typebox'
import { identitySchema } from './identity-schema.js'
import { imageRecordSchema } from './image-record-schema.js'
import { leaseSchema } from './lease-schema.js'
import { eventSchema, recordSchema } from './record-schema.js'

/** The JSON schemas of the documents, by the name under which schema/ holds them. `validate.ts` reads them. */
export function publishedSchemas(): Record<string, unknown> {
  return {
    'record.schema.json': published('The record of a lab: everything known about it', recordSchema),
    'lease.schema.json': published('The lease of a lab: who may change it', leaseSchema),
    'image-record.schema.json': published('An image that was imported to a provider', imageRecordSchema),
    'identity.schema.json': published(
      'The identity of a backend, which marks everything created from it',
      identitySchema,
    ),
    'event.schema.json': published('An event: one thing that happened to a lab', eventSchema),
  }
}

/** Writes schema/ again after a change of the definitions; a test compares the two. */
export async function writePublishedSchemas(): Promise<void> {
  const folder = new URL('../../backend/schema/', import.meta.url)
  for (const [file, schema] of Object.entries(publishedSchemas())) {
    await writeFile(new URL(file, folder), `${JSON.stringify(schema, null, 2)}\n`)
  }
}

/** Through JSON, because TypeBox keeps its own marks under symbols. */
const published = (title: string, schema: TSchema): unknown => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title,
  ...(JSON.parse(JSON.stringify(schema)) as object),
})
