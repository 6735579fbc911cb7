import { expect, test } from '@jest/globals'
import { readFile, readdir } from 'node:fs/promises'

/** Pins a room's published JSON schemas to their definitions; `folder` holds the one file each. */
export function pinPublishedSchemas(folder: URL, definitions: Readonly<Record<string, unknown>>): void {
  test.each(Object.entries(definitions))(
    '%s equals the definition; if not, `npm run schemas`',
    async (file, definition) => {
      expect(JSON.parse(await readFile(new URL(file, folder), 'utf8'))).toEqual(definition)
    },
  )

  test('there is no other published schema', async () => {
    expect((await readdir(folder)).sort()).toEqual(Object.keys(definitions).sort())
  })
}
