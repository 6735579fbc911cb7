import type { Command } from '../command.js'

export const listCommand: Command = {
  name: 'list',
  describe: 'List the living labs',
  options: { all: { type: 'boolean', describe: 'Destroyed ones too' } },
  examples: [
    ['distrolab list', 'name, profile, state, address, age, time left'],
    ['distrolab list --all -o json', 'everything, for a script'],
  ],
  exitCodes: [['1', 'a record cannot be read; the other labs are listed']],
  async run(context, { flags }) {
    const { listLabs } = await import('../lifecycle/list.js')
    const { labs, unreadable } = await listLabs(context, flags['all'] === true)
    const { explain } = await import('../explain.js')
    for (const error of unreadable) context.progress.say(explain(error).message)
    const { renderList } = await import('../report/lab-text.js')
    const exitCode = unreadable.length > 0 ? 1 : 0
    return { text: renderList(labs), json: labs.map(({ view }) => view), exitCode }
  },
}
