import { expect, test } from '@jest/globals'
import { readFile, readdir } from 'node:fs/promises'
import { publishedSchemas } from '../../../../stacks/local/driver/schema.js'

const folder = new URL('../../../../../stacks/local/driver/schema/', import.meta.url)

test.each(Object.entries(publishedSchemas()))(
  '%s equals the definition; if not, `npm run schemas`',
  async (file, definition) => {
    expect(JSON.parse(await readFile(new URL(file, folder), 'utf8'))).toEqual(definition)
  },
)

test('there is no other published schema', async () => {
  expect((await readdir(folder)).sort()).toEqual(Object.keys(publishedSchemas()).sort())
})
