import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { loadCatalog } from '../../distro-catalog/load.js'
import { listPairs } from '../../distro-catalog/resolve.js'

test('the README has a row for each distro of the catalog, and says how it is supported where', async () => {
  const catalog = await loadCatalog()
  const pairs = listPairs(catalog)
  const rows = [...catalog.distros.values()].map(({ name, title }) => {
    const support = [...new Set(pairs.map(({ provider }) => provider))].map(
      (provider) => pairs.find((pair) => pair.distro === name && pair.provider === provider)?.support,
    )
    return [title, `\`${name}\``, ...support.map((level) => (level === 'none' ? '-' : level))]
  })
  const readme = await readFile(fileURLToPath(new URL('../../../README.md', import.meta.url)), 'utf8')
  const table = readme.split('<!-- distros -->')[1] ?? ''
  const shown = table
    .trim()
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  expect(shown).toEqual(rows)
})
