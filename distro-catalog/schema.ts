import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TSchema } from '@sinclair/typebox'
import { aliasesSchema } from './aliases-schema.js'
import { distroSchema } from './distro.js'
import { shippedDirectory } from './load.js'
import { providerSchema } from './provider.js'

/** The JSON schemas of the three kinds of file, by the name under which schema/ holds them. For `validate.ts`, editors and CI. */
export function publishedSchemas(): Record<string, unknown> {
  return {
    'distro.schema.json': published('A distro: one release of one distribution', distroSchema),
    'provider.schema.json': published('A provider: a place that runs machines', providerSchema),
    'aliases.schema.json': published('Bare names of distributions and their default releases', aliasesSchema),
  }
}

/** Writes schema/ anew after a change of the definitions; a test compares the two. */
export async function writePublishedSchemas(directory = join(shippedDirectory(), 'schema')): Promise<void> {
  for (const [file, schema] of Object.entries(publishedSchemas())) {
    await writeFile(join(directory, file), `${JSON.stringify(schema, null, 2)}\n`)
  }
}

/** Through JSON, because TypeBox keeps marks of its own under symbols. */
export const published = (title: string, schema: TSchema): unknown => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title,
  ...(JSON.parse(JSON.stringify(schema)) as object),
})
