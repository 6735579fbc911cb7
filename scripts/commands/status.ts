import type { Command } from '../command.js'
import { nameOption, profileOption } from '../options.js'

export const statusCommand: Command = {
  name: 'status',
  positionals: '[lab]',
  describe: 'Print the recorded state, one word',
  options: { ...profileOption, ...nameOption },
  examples: [
    ['distrolab status debian-local', 'ready'],
    ['distrolab status debian-local -o json', 'the whole record'],
  ],
  async run(context, { lab }) {
    const { labNameOf, requireLab } = await import('../lifecycle/target.js')
    const record = await requireLab(context, labNameOf(context, lab))
    return { text: record.state, json: { ...record, source: 'recorded' } }
  },
}
