import { crossCheck } from '../distro-catalog/check.js'
import { endOfLifeNotice } from '../distro-catalog/end-of-life.js'
import { CatalogError } from '../distro-catalog/errors.js'
import { loadCatalog, loadRegions } from '../distro-catalog/load.js'
import { explain } from './explain.js'
import { writeText } from './report/output.js'

// A separate program (`npm run catalog:check`): reads every shipped file without the network, and fails with
// all problems.
try {
  const catalog = await loadCatalog()
  const [aws, azure, google] = await Promise.all([
    loadRegions('aws'),
    loadRegions('azure'),
    loadRegions('google'),
  ])
  const problems = crossCheck(catalog, { aws, azure, google })
  if (problems.length > 0) throw new CatalogError({ code: 'catalog-invalid', problems })
  const distros = [...catalog.distros.values()]
  for (const distro of distros) {
    const notice = endOfLifeNotice(distro, distros, new Date())
    if (notice !== undefined) writeText(process.stderr, `Warning: ${notice}`)
  }
  const regions = aws.regions.length + azure.regions.length + google.regions.length
  writeText(process.stdout, `The catalog is valid: ${catalog.distros.size} distros, ${regions} regions.`)
} catch (error) {
  writeText(process.stderr, explain(error).message)
  throw error
}
