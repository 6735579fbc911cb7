import { writeFile } from 'node:fs/promises'
import { setup } from '../distro-catalog/setup-schema.js'
import { published } from '../distro-catalog/schema.js'
import { configSchema } from './config-schema.js'
import { fixtureSetSchema } from './fixtures/set-schema.js'

/** The JSON schema of the configuration files, for `config-parse.ts` and editors. */
export const publishedSchemas = (): Record<string, unknown> => ({
  'config.schema.json': published('distrolab.yaml: defaults and named profiles', configSchema),
  'setup.schema.json': published('What is done to a machine once', setup),
  'fixture-set.schema.json': published('A set of test files', fixtureSetSchema),
})

/** Writes schema/ again after a change of the definition; a test compares the two. */
export async function writePublishedSchemas(): Promise<void> {
  const folder = new URL('../../scripts/schema/', import.meta.url)
  for (const [file, schema] of Object.entries(publishedSchemas())) {
    await writeFile(new URL(file, folder), `${JSON.stringify(schema, null, 2)}\n`)
  }
}
