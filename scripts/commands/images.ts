import type { Pair } from '../../distro-catalog/resolve.js'
import type { Command } from '../command.js'

export const imagesCommand: Command = {
  name: 'images',
  describe: 'Show the catalog: every distro on every provider',
  examples: [
    ['distrolab images', 'how well each distro is supported on each provider'],
    [
      'distrolab images -o json',
      'all there is to know of each: how its image is selected, user, disk, sources',
    ],
  ],
  async run(context) {
    const { listPairs } = await import('../../distro-catalog/resolve.js')
    const catalog = await context.catalog()
    const pairs = listPairs(catalog)
    const providers = [...catalog.providers.keys()]
    const { renderTable } = await import('../report/table.js')
    const rows = [...catalog.distros.values()].map((distro) => {
      const own = pairs.filter((pair) => pair.distro === distro.name)
      const cells = providers.map((provider) => cellOf(own.find((pair) => pair.provider === provider)))
      return [distro.name, own[0]?.aliases.join(', ') ?? '', ...cells, distro.endOfLife ?? 'rolling']
    })
    const table = renderTable(['distro', 'alias', ...providers, 'end of life'], rows)
    return { text: [table, LEGEND, ...pairs.flatMap(remarkOf)].join('\n'), json: pairs }
  },
}

const LEGEND = `
A profile is <distro or alias>-<provider>, such as debian-aws. An image of one architecture only says which.
official: published by the distribution; community: by others; byo: bring your own image; -: none.
`

function cellOf(pair: Pair | undefined): string {
  if (pair === undefined || pair.support === 'none') return '-'
  const [only, second] = pair.architectures
  return second === undefined ? `${pair.support} (${only})` : pair.support
}

/** Why there is no image, or why it must be brought. */
function remarkOf({ profile, support, reason, offer }: Pair): string[] {
  if (support === 'none') return [`${profile}: ${reason ?? ''}`]
  const notes = support === 'byo' && offer && 'notes' in offer ? (offer.notes ?? []) : []
  return notes.map((note) => `${profile}: ${note}`)
}
