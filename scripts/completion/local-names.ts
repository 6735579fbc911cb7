import { readdirSync } from 'node:fs'
import { parse } from 'node:path'
import { BackendError } from '../../backend/errors.js'
import { directoryLocation, parseBackendUrl, type BackendLocation } from '../../backend/location.js'
import { systemErrorOf } from '../../backend/system-error.js'
import { loadConfig, type Config } from '../config.js'
import type { Environment } from '../env.js'
import { LabError } from '../errors.js'
import type { LocalNames } from './candidates.js'
import type { KnownLab } from './known-lab.js'
import { labsInFolder, labsOfBucket } from './lab-list.js'
import type { Line } from './line.js'
import type { CompletionTable, Named } from './table.js'

const NONE: LocalNames = { labs: [], profiles: [], distros: [] }
const LOCAL_KINDS = ['labs', 'all-labs', 'labs-to-make', 'machines', 'profiles', 'distros']

/** The names of this user's labs and configuration that the line needs; most lines need none. */
export async function localNames(
  env: Environment,
  table: CompletionTable,
  line: Line,
  ask: (backend: string) => Promise<void>,
): Promise<LocalNames> {
  const { asked, given, typed } = line
  if (asked.kind !== 'value' || !LOCAL_KINDS.includes(asked.source.kind)) return NONE
  const { values } = await readConfig(env, given.get('config'))
  const distros = (values.catalog ?? []).flatMap(distrosIn)
  const profiles = Object.entries(values.profiles ?? {}).map(([name, { distro, provider }]) => ({
    name,
    describe: `${distro} on ${provider}`,
  }))
  const backend = given.get('backend') ?? env.flags['backend'] ?? values.backend
  const wanted = asked.source.kind === 'machines' ? '' : typed
  return {
    labs:
      asked.source.kind === 'distros'
        ? []
        : await labsOf(
            env,
            backend,
            { typed: wanted, which: asked.source.kind === 'all-labs' ? 'all' : 'living' },
            ask,
          ),
    profiles,
    distros: distros.filter(({ name }) => table.distros.every((known) => known.name !== name)),
  }
}

/** A configuration with mistakes is for the command itself to explain; completion ignores it. */
async function readConfig(env: Environment, explicit: string | undefined): Promise<Pick<Config, 'values'>> {
  try {
    const chosen = explicit ?? env.flags['config']
    return await loadConfig({ cwd: process.cwd(), configHome: env.configHome, explicit: chosen })
  } catch (error) {
    if (error instanceof LabError) return { values: {} }
    throw error
  }
}

async function labsOf(
  env: Environment,
  backend: string | undefined,
  wanted: { readonly typed: string; readonly which: 'living' | 'all' },
  ask: (backend: string) => Promise<void>,
): Promise<readonly KnownLab[]> {
  const location = locationOf(env, backend)
  if (location === undefined) return []
  if (location.kind === 'directory') return labsInFolder(location.path, wanted.typed, wanted.which)
  return labsOfBucket(env.cache, location, Date.now(), () => ask(backend ?? ''))
}

/** Undefined for a URL with mistakes, such as an unfinished one. */
function locationOf(env: Environment, backend: string | undefined): BackendLocation | undefined {
  try {
    return backend === undefined ? directoryLocation(env.home) : parseBackendUrl(backend)
  } catch (error) {
    if (error instanceof BackendError) return undefined
    throw error
  }
}

/** A distro is named like its file. */
function distrosIn(folder: string): Named[] {
  try {
    return readdirSync(folder)
      .map((file) => parse(file))
      .filter(({ ext, name }) => ext === '.yaml' && name !== 'aliases' && !name.startsWith('.'))
      .map(({ name }) => ({ name, describe: `from ${folder}` }))
  } catch (error) {
    if (systemErrorOf(error) !== undefined) return []
    throw error
  }
}
