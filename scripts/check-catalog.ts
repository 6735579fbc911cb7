import { crossCheck, type RegionsByCloud } from '../distro-catalog/check.js'
import { endOfLifeNotice } from '../distro-catalog/end-of-life.js'
import { CatalogError } from '../distro-catalog/errors.js'
import { loadCatalog, loadRegions } from '../distro-catalog/load.js'
import { cloudNames, type CloudName } from '../distro-catalog/provider-names.js'
import type { Regions } from '../distro-catalog/region-schema.js'
import { explain } from './explain.js'
import { writeText } from './report/output.js'

const loadCloud = async (name: CloudName): Promise<readonly [CloudName, Regions]> => [
  name,
  await loadRegions(name),
]

// A separate program (`npm run catalog:check`): reads every shipped file without the network, and fails with
// all problems.
try {
  const catalog = await loadCatalog()
  const read = await Promise.all(cloudNames.map(loadCloud))
  const problems = crossCheck(catalog, Object.fromEntries(read) as unknown as RegionsByCloud)
  if (problems.length > 0) throw new CatalogError({ code: 'catalog-invalid', problems })
  const distros = [...catalog.distros.values()]
  for (const distro of distros) {
    const notice = endOfLifeNotice(distro, distros, new Date())
    if (notice !== undefined) writeText(process.stderr, `Warning: ${notice}`)
  }
  const regions = read.reduce((sum, [, { regions }]) => sum + regions.length, 0)
  writeText(process.stdout, `The catalog is valid: ${catalog.distros.size} distros, ${regions} regions.`)
} catch (error) {
  writeText(process.stderr, explain(error).message)
  throw error
}
