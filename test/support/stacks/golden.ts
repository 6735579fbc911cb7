import { expect } from '@jest/globals'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** What may differ without the lab being another one. */
const SCRUBBED: readonly { readonly name: string; readonly pattern: RegExp; readonly by: string }[] = [
  { name: "cdktf's own version", pattern: /"version": "0\.\d+\.\d+"/g, by: '"version": "<cdktf>"' },
]

/** Compares with `test/stacks/<path>`; UPDATE_GOLDEN=1 writes it anew. Prettier lays the file out; the order of keys counts. */
export async function expectGolden(text: string, path: string): Promise<void> {
  const file = fileURLToPath(new URL(`../../../../test/stacks/${path}`, import.meta.url))
  const scrubbed = SCRUBBED.reduce((result, { pattern, by }) => result.replaceAll(pattern, by), text)
  if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(file, scrubbed)
  const golden = JSON.parse(await readFile(file, 'utf8')) as unknown
  expect(scrubbed).toBe(`${JSON.stringify(golden, null, 2)}\n`)
}
