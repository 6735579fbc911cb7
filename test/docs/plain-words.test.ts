import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { productRooms } from '../support/architecture/checks.js'
import { readSources } from '../support/architecture/source.js'
import { readSource } from '../support/cli/support.js'
import { banned, bannedIn, saidIn } from '../support/docs/plain-words.js'
import { root } from '../support/docs/reference/root.js'

const filesBelow = (folder: string, ending: string): string[] =>
  readdirSync(join(root, folder), { recursive: true })
    .map((file) => `${folder}/${String(file)}`)
    .filter((file) => file.endsWith(ending))
    .sort()

const paragraphsOf = async (page: string): Promise<string[]> =>
  (await readSource(page)).split(/\n\s*\n|\n(?=[|#])/)

test('the program says nothing in words that people stumble over', async () => {
  const sources = await readSources(root, productRooms)
  expect(sources.flatMap((source) => bannedIn(source.path, saidIn(source)))).toEqual([])
})

test.each(filesBelow('distro-catalog', '.yaml'))('%s has none of these words', async (file) => {
  expect(bannedIn(file, await paragraphsOf(file))).toEqual([])
})

test.each([
  'README.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'distro-catalog/README.md',
  ...filesBelow('docs', '.md'),
  ...filesBelow('examples', '.md'),
])('%s has none of these words', async (page) => {
  expect(bannedIn(page, await paragraphsOf(page))).toEqual([])
})

describe('the table of words', () => {
  test.each(banned.map((entry) => [String(entry.phrase), entry] as const))(
    '%s',
    (_phrase, { bad, good, write }) => {
      const [found] = bannedIn('a.ts', [bad])
      expect(found).toContain(write)
      expect(bannedIn('a.ts', [good])).toEqual([])
    },
  )

  test('is looked for in strings and templates, across lines and values, and not in comments, names and patterns', () => {
    const text = [
      "import { nobody } from './anew.js'",
      '// nobody',
      "type Odd = 'anew'",
      'const nobody = /anew/',
      "say('made anew', `the time of ${lab} was\\nover`)",
    ].join('\n')
    expect(bannedIn('a.ts', saidIn({ path: 'a.ts', text }))).toEqual([
      'a.ts: "anew" → again, or recreate',
      'a.ts: "time of … was over" → expired',
    ])
  })
})
