import { parseArgs } from 'node:util'
import { loadCatalog } from '../distro-catalog/load.js'
import { resolveDistro } from '../distro-catalog/resolve.js'
import { quietLibraries } from './env.js'
import { explain } from './explain.js'
import { listenForInterrupts } from './interrupt.js'
import { openAsker } from './refresh/askers.js'
import { writeText } from './report/output.js'
import { failures, refresh, renderRefresh } from './refresh/refresh.js'

/**
 * A separate program (`npm run catalog:refresh [-- DISTRO…] [--catalog DIR] [-o json]`): asks the providers
 * whether the catalog's selectors still find an image. Changes nothing. Exits with 1 if a selector finds
 * nothing.
 */
async function main(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      output: { type: 'string', short: 'o', default: 'text' },
      catalog: { type: 'string', multiple: true, default: [] },
    },
  })
  quietLibraries()
  const catalog = await loadCatalog(values.catalog)
  const named = positionals.map((name) => resolveDistro(catalog, name))
  const distros = named.length > 0 ? named : [...catalog.distros.values()]
  const interrupt = listenForInterrupts((message) => writeText(process.stderr, message))
  try {
    const today = new Date().toISOString().slice(0, 10)
    const result = await refresh(catalog, distros, today, (name) => openAsker(name, interrupt.signal))
    const text = values.output === 'json' ? JSON.stringify(result, null, 2) : renderRefresh(result)
    writeText(process.stdout, text)
    return failures(result).length > 0 ? 1 : 0
  } finally {
    interrupt.dispose()
  }
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const { message, hint, exitCode } = explain(error)
  writeText(process.stderr, `Error: ${message}${hint === '' ? '' : `\nNext:  ${hint}`}`)
  process.exitCode = exitCode
}
