import { writeFile } from 'node:fs/promises'
import type { Options } from 'yargs'
import type { Catalog } from '../../distro-catalog/catalog.js'
import { hasOffers } from '../../distro-catalog/cloud.js'
import { loadCatalog, loadRegions } from '../../distro-catalog/load.js'
import { listProfileNames } from '../../distro-catalog/profile.js'
import type { Provider } from '../../distro-catalog/provider.js'
import type { Command } from '../command.js'
import { commands } from '../commands/all.js'
import { commonOptions } from '../options.js'
import { readPages } from '../docs/pages.js'
import { HELP } from '../parse.js'
import { flagValues, flagValuesOfVerb, labsOfVerb, positionalValues } from './flag-values.js'
import {
  tableFile,
  type CompletionTable,
  type FlagEntry,
  type Named,
  type ProviderEntry,
  type Source,
  type VerbEntry,
} from './table.js'

/** A part of `npm run build`, after the catalog's own. Throws an Error for a flag without a completion. */
export async function writeCompletionTable(): Promise<void> {
  await writeFile(tableFile(), JSON.stringify(await buildTable()))
}

export async function buildTable(): Promise<CompletionTable> {
  const catalog = await loadCatalog()
  const helpVerb: VerbEntry = {
    name: HELP.name,
    describe: HELP.describe,
    flags: [],
    positionals: [{ kind: 'verbs' }, { kind: 'verbs' }],
  }
  return {
    verbs: [...commands.map(verbEntry), helpVerb],
    common: [
      ...flagEntries('', commonOptions),
      { name: 'help', alias: 'h', describe: 'Show help' },
      { name: 'version', alias: 'V', describe: 'Show the version' },
    ],
    distros: distrosOf(catalog),
    profiles: profilesOf(catalog),
    providers: await Promise.all([...catalog.providers.values()].map(providerEntry)),
    pages: (await readPages()).map(({ name, title }) => ({ name, describe: title })),
  }
}

function verbEntry({ name, describe, options = {}, positionals = '' }: Command): VerbEntry {
  const names = [...positionals.matchAll(/\[([a-z]+)(?:\.\.)?\]/g)].map(([, each = '']) => each)
  return {
    name,
    describe,
    flags: flagEntries(name, { ...options, ...changedCommon(name) }),
    positionals: names.map((each) => positionalSource(name, each)),
    ...(TAKE_COMMANDS.has(name) ? { command: true as const } : {}),
  }
}

/** The common flags that mean something different after this verb. */
const changedCommon = (verb: string): Record<string, Options> =>
  Object.fromEntries(
    Object.entries(commonOptions).filter(([name]) => flagValuesOfVerb[`${verb} --${name}`] !== undefined),
  )

const TAKE_COMMANDS = new Set(['exec', 'ssh'])

function positionalSource(verb: string, name: string): Source {
  const source = (name === 'lab' ? labsOfVerb[verb] : undefined) ?? positionalValues[name]
  if (source === undefined)
    throw new Error(`${verb}: completion/flag-values.ts does not say what [${name}] is`)
  return source
}

const flagEntries = (verb: string, options: Readonly<Record<string, Options>>): FlagEntry[] =>
  Object.entries(options).map(([name, option]) => flagEntry(verb, name, option))

function flagEntry(verb: string, name: string, { type, alias, describe, array }: Options): FlagEntry {
  const value = flagValuesOfVerb[`${verb} --${name}`] ?? flagValues[name]
  if (type === 'string' && value === undefined)
    throw new Error(`completion/flag-values.ts does not say what completes --${name}`)
  return {
    name,
    describe: describe ?? '',
    ...(typeof alias === 'string' ? { alias } : {}),
    ...(type === 'string' && value !== undefined ? { value } : {}),
    ...(array === true || type === 'count' ? { repeatable: true as const } : {}),
  }
}

/** A bare name such as `debian` beside the releases themselves. */
const distrosOf = ({ aliases, distros }: Catalog): Named[] => [
  ...[...aliases].map(([name, release]) => ({ name, describe: distros.get(release)?.title ?? '' })),
  ...[...distros.values()].map(({ name, title }) => ({ name, describe: title })),
]

function profilesOf(catalog: Catalog): Named[] {
  const titles = new Map(distrosOf(catalog).map(({ name, describe }) => [name, describe]))
  return listProfileNames(catalog).map((name) => {
    const dash = name.lastIndexOf('-')
    const provider = [...catalog.providers.values()].find((each) => each.name === name.slice(dash + 1))
    return { name, describe: `${titles.get(name.slice(0, dash)) ?? ''}, ${provider?.title ?? ''}` }
  })
}

async function providerEntry(provider: Provider): Promise<ProviderEntry> {
  const isCloud = 'instanceTypes' in provider
  const regions = isCloud ? (await loadRegions(provider.name)).regions : []
  return {
    name: provider.name,
    describe: provider.title,
    names: {
      regions: regions.map(({ name, title, place }) => ({ name, describe: place ?? title })),
      sizes: Object.keys(hasOffers(provider) ? provider.sizes : {}).map((name) => ({ name, describe: '' })),
      'instance-types': isCloud
        ? Object.entries(provider.instanceTypes).map(([name, { vcpus, memoryMiB }]) => ({
            name,
            describe: `${vcpus} vCPUs, ${memoryMiB} MiB`,
          }))
        : [],
    },
  }
}
