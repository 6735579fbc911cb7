import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TSchema } from '@sinclair/typebox'
import { aliasesSchema } from './aliases-schema.js'
import { distroSchema } from './distro.js'
import { shippedDirectory } from './load.js'
import { cloudProviderSchema, localProviderSchema } from './provider.js'
import { regionsSchema } from './region-schema.js'

/** The JSON schemas of the kinds of file, by the name under which schema/ holds them. For `validate.ts`, editors and CI. */
export function publishedSchemas(): Record<string, unknown> {
  return {
    'distro.schema.json': published('A distro: one release of one distribution', distroSchema),
    'local-provider.schema.json': published('This computer as a provider', localProviderSchema),
    'cloud-provider.schema.json': published('A cloud: its sizes and instance types', cloudProviderSchema),
    'regions.schema.json': published('The regions of a cloud', regionsSchema),
    'aliases.schema.json': published('Bare names of distributions and their default releases', aliasesSchema),
  }
}

/** Writes schema/ again after a change of the definitions; a test compares the two. */
export async function writePublishedSchemas(directory = join(shippedDirectory(), 'schema')): Promise<void> {
  for (const [file, schema] of Object.entries(publishedSchemas())) {
    await writeFile(join(directory, file), `${JSON.stringify(schema, null, 2)}\n`)
  }
}

/** Through JSON, because TypeBox keeps its own marks under symbols. */
export const published = (title: string, schema: TSchema): unknown => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title,
  ...(JSON.parse(JSON.stringify(schema)) as object),
})
