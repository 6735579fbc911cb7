import { readEnvironment, type Environment } from '../../../../scripts/env.js'
import { resolveSettings } from '../../../../scripts/settings.js'
import { productRooms } from '../../architecture/checks.js'
import { readSources } from '../../architecture/source.js'
import { root } from './root.js'

/** Gives nothing for every name, and remembers which were asked for. */
function recorder(): { readonly asked: Set<string>; readonly values: Record<string, never> } {
  const asked = new Set<string>()
  const values = new Proxy<Record<string, never>>(
    {},
    {
      get(_target, name) {
        if (typeof name === 'string') asked.add(name)
        return undefined
      },
    },
  )
  return { asked, values }
}

/** The flags for which `DISTROLAB_<FLAG>` is a default: those that the code asks the environment for. */
export async function flagsFromEnvironment(): Promise<Set<string>> {
  const { asked, values } = recorder()
  const env: Environment = { ...readEnvironment({}), flags: values }
  resolveSettings({}, env, { values: {}, files: [], origins: {} }, '/')
  for (const { text } of await readSources(root, productRooms))
    for (const [, flag = ''] of text.matchAll(/\benv\.flags\['([a-z-]+)'\]/g)) asked.add(flag)
  return asked
}

const PREFIXES = 'DISTROLAB|ARM|AWS|AZURE|GOOGLE|GCLOUD|GCE|CLOUDSDK|METADATA|ACTIONS|TF|XDG'
const LITERAL = new RegExp(`['"\`]((?:${PREFIXES})_[A-Z0-9_]*[A-Z0-9])['"\`]`, 'g')

/** Set or removed for the programs that are started, never read. */
const NOT_READ = new Set(['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'])

/** Every variable that the code names: recorded where it is read, and found in the sources elsewhere. */
export async function variablesRead(): Promise<Set<string>> {
  const { asked, values } = recorder()
  readEnvironment(values)
  for (const { text } of await readSources(root, productRooms))
    for (const [, name = ''] of text.matchAll(LITERAL)) if (!NOT_READ.has(name)) asked.add(name)
  return asked
}
