import type { Command } from '../command.js'
import { textFlag } from '../flags.js'

export const docsCommand: Command = {
  name: 'docs',
  positionals: '[page]',
  describe: 'Print a page of the documentation, or list the pages',
  examples: [
    ['distrolab docs', 'every page: runbooks, backends, providers, policies'],
    ['distrolab docs stuck-state', 'what to do about a lab that is stuck'],
    ['distrolab docs aws-policy', 'the rights that labs on AWS need, as an IAM policy'],
  ],
  async run({ env }, { flags }) {
    const { findPage, linkPages, readPages } = await import('../docs/pages.js')
    const pages = await readPages()
    const given = textFlag(flags, 'page')
    if (given === undefined) {
      const { renderTable } = await import('../report/table.js')
      const rows = pages.map(({ name, title }) => [name, title])
      return { text: renderTable(['page', 'title'], rows), json: pages.map(({ text: _, ...page }) => page) }
    }
    const page = findPage(pages, given)
    const { asTyped } = await import('../report/as-typed.js')
    return { text: linkPages(page, pages, (command) => asTyped(command, env.viaNpm)).trimEnd(), json: page }
  },
}
