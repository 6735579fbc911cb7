import type { Command } from '../command.js'

export const imagesCommand: Command = {
  name: 'images',
  describe: 'Show the catalog: every distro on every provider',
  examples: [['distrolab images', 'which profiles there are, and how well each is supported']],
  async run(context) {
    const { listPairs } = await import('../../distro-catalog/resolve.js')
    const pairs = listPairs(await context.catalog())
    const { renderTable } = await import('../report/table.js')
    const rows = pairs.map((pair) => [
      pair.profile,
      pair.title,
      [...pair.aliases].join(', '),
      pair.support === 'none' ? `none: ${pair.reason ?? ''}` : pair.support,
      pair.architectures.join(', '),
      pair.endOfLife ?? '',
    ])
    const headings = ['profile', 'distro', 'alias', 'support', 'architectures', 'end of life']
    return { text: renderTable(headings, rows), json: pairs }
  },
}
