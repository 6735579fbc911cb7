import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isErrno } from '../../backend/system-error.js'
import { BUILT_IN, type EngineProvider } from '../../stacks/engine-provider.js'
import { LabError } from '../errors.js'

/**
 * Refuses anything that `init` has put into a folder beyond the lab's own provider. `init` runs none of it,
 * and every later command runs only what is there. So whatever a state names, and whatever the user's own
 * configuration file allows, nothing else is ever run. Throws LabError provider-refused.
 */
export async function assertOwnProviders(folder: string, { source }: EngineProvider): Promise<void> {
  const place = join(folder, '.terraform', 'providers')
  const own = source === BUILT_IN ? undefined : source
  const foreign = (await installedIn(place)).filter((address) => address !== own)
  if (foreign.length > 0) throw new LabError({ code: 'provider-refused', place, providers: foreign })
}

/** `HOST/NAMESPACE/TYPE` of each. */
async function installedIn(place: string): Promise<readonly string[]> {
  let found = ['']
  for (let level = 0; level < 3; level++) {
    const names = await Promise.all(
      found.map(async (parent) => {
        const entries = await readdir(join(place, parent)).catch((error: unknown) => {
          if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return []
          throw error
        })
        return entries.map((name) => (parent === '' ? name : `${parent}/${name}`))
      }),
    )
    found = names.flat()
  }
  return found
}
