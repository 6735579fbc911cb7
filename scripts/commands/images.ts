import { BackendError } from '../../backend/errors.js'
import type { ImageRecord } from '../../backend/image-record-schema.js'
import type { Pair } from '../../distro-catalog/resolve.js'
import type { Command } from '../command.js'
import type { Context } from '../context.js'

export const imagesCommand: Command = {
  name: 'images',
  describe: 'Show the catalog: every distro on every provider',
  examples: [
    ['distrolab images', 'how well each distro is supported on each provider'],
    ['distrolab images -o json', 'everything about each: how its image is selected, user, disk, sources'],
  ],
  async run(context) {
    const { listPairs } = await import('../../distro-catalog/resolve.js')
    const catalog = await context.catalog()
    const pairs = listPairs(catalog)
    const providers = [...new Set(pairs.map(({ provider }) => provider))]
    const { imports, trouble } = await importsOf(context)
    const { renderTable } = await import('../report/table.js')
    const rows = [...catalog.distros.values()].map((distro) => {
      const own = pairs.filter((pair) => pair.distro === distro.name)
      const cells = providers.map((provider) => cellOf(own.find((pair) => pair.provider === provider)))
      return [distro.name, own[0]?.aliases.join(', ') ?? '', ...cells, distro.endOfLife ?? 'rolling']
    })
    const table = renderTable(['distro', 'alias', ...providers, 'end of life'], rows)
    const { importLine } = await import('../report/image-text.js')
    const { loadWarmImages, runsHere } = await import('../providers/registry.js')
    const warm = await (await loadWarmImages()).list(context)
    const { warmLine } = await import('../report/warm-text.js')
    const lines = [...pairs.flatMap(remarkOf), ...imports.map(importLine), ...trouble, ...warm.map(warmLine)]
    const json = pairs.map((pair) => ({
      ...pair,
      imports: trouble.length > 0 ? null : importsFor(pair, imports),
      ...(runsHere(pair.provider) ? { warm: warm.filter(({ distro }) => distro === pair.distro) } : {}),
    }))
    return { text: [table, LEGEND, ...lines].join('\n'), json }
  },
}

/** What the team has imported; the catalog itself works without the backend. */
async function importsOf(context: Context): Promise<{ imports: readonly ImageRecord[]; trouble: string[] }> {
  const { listImageRecords } = await import('../../backend/image-record.js')
  try {
    return { imports: await listImageRecords(await context.store()), trouble: [] }
  } catch (error) {
    if (!(error instanceof BackendError)) throw error
    const { explain } = await import('../explain.js')
    return { imports: [], trouble: [`Imported images are unknown: ${explain(error).message}`] }
  }
}

const importsFor = (pair: Pair, imports: readonly ImageRecord[]): readonly ImageRecord[] =>
  imports.filter(({ distro, provider }) => distro === pair.distro && provider === pair.provider)

const LEGEND = `
A profile is <distro or alias>-<provider>, such as debian-aws. Where an image has one architecture only, it is shown.
official: published by the distribution; community: by others; byo: bring your own image; -: none.
`

function cellOf(pair: Pair | undefined): string {
  if (pair === undefined || pair.support === 'none') return '-'
  const [only, second] = pair.architectures
  return second === undefined ? `${pair.support} (${only})` : pair.support
}

/** Why there is no image, or why it must be imported. */
function remarkOf({ profile, support, reason, offer }: Pair): string[] {
  if (support === 'none') return [`${profile}: ${reason ?? ''}`]
  const notes = support === 'byo' && offer && 'notes' in offer ? (offer.notes ?? []) : []
  return notes.map((note) => `${profile}: ${note}`)
}
