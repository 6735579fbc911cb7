import type { Command } from '../command.js'
import { nameOption, profileOption } from '../options.js'

export const historyCommand: Command = {
  name: 'history',
  positionals: '[lab]',
  describe: 'Show every transition of a lab with its time',
  options: { ...profileOption, ...nameOption },
  examples: [['distrolab history debian-local', 'what happened, when, by whom']],
  exitCodes: [['1', 'an event cannot be read; the others are shown']],
  async run(context, { lab }) {
    const { labNameOf, requireLab } = await import('../lab/target.js')
    const name = labNameOf(context, lab)
    const { readHistory } = await import('../../backend/events.js')
    const { events, unreadable } = await readHistory(await context.store(), name)
    // A lab whose record is garbage still has its history; one never used has none.
    if (events.length === 0) await requireLab(context, name)
    const { explain } = await import('../explain.js')
    for (const error of unreadable) context.progress.say(explain(error).message)
    const { renderHistory } = await import('../report/lab-text.js')
    return { text: renderHistory(events), json: events, exitCode: unreadable.length > 0 ? 1 : 0 }
  },
}
