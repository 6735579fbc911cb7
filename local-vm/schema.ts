import { writeFile } from 'node:fs/promises'
import { VERBS } from './protocol.js'

/**
 * The JSON schema of the driver's input: one definition for each verb. Through JSON, because TypeBox keeps
 * marks under symbols.
 */
export const publishedSchemas = (): Record<string, unknown> => ({
  'protocol.schema.json': {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'What the local VM driver accepts, by verb',
    definitions: JSON.parse(JSON.stringify(VERBS)) as unknown,
  },
})

/** Writes schema/ again after a change of the definitions; a test compares the two. */
export async function writePublishedSchemas(): Promise<void> {
  const folder = new URL('../../local-vm/schema/', import.meta.url)
  for (const [file, schema] of Object.entries(publishedSchemas())) {
    await writeFile(new URL(file, folder), `${JSON.stringify(schema, null, 2)}\n`)
  }
}
