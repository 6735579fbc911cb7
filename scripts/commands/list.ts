import { EXIT } from '../explain/explanation.js'
import type { Command } from '../command.js'

export const listCommand: Command = {
  name: 'list',
  describe: 'List the living labs',
  options: { all: { type: 'boolean', describe: 'Include destroyed labs' } },
  examples: [
    ['distrolab list', 'name, profile, state, address, age, time left'],
    ['distrolab list --all -o json', 'everything, for a script'],
  ],
  exitCodes: [['1', 'a lab cannot be read; the others are listed, and stderr says which one and why']],
  async run(context, { flags }) {
    const { listLabs } = await import('../lifecycle/list.js')
    const { labs, problems } = await listLabs(context, flags['all'] === true)
    for (const problem of problems) context.progress.say(problem)
    const { renderList } = await import('../report/lab-text.js')
    const json = labs.map(({ view }) => view)
    if (problems.length === 0) return { text: renderList(labs), json }
    // That there are no labs is not known then.
    return { ...(labs.length === 0 ? {} : { text: renderList(labs) }), json, exitCode: EXIT.failed }
  },
}
