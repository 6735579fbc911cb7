import type { Command } from '../command.js'
import { leaseOptions, nameOption, profileOption } from '../options.js'

export const recoverCommand: Command = {
  name: 'recover',
  positionals: '[lab]',
  describe: 'Show the state of a lab after a failure or crash, and the exact next command',
  options: {
    ...profileOption,
    ...nameOption,
    ...leaseOptions,
    apply: { type: 'boolean', describe: 'Run the commands that are safe' },
  },
  examples: [
    ['distrolab recover debian-local', 'record, lease, engine, machines, and what to type'],
    ['distrolab recover debian-local --apply', 'runs it for you: only steps that cannot lose data'],
  ],
  async run(context, { lab, flags }) {
    const { recover } = await import('../lifecycle/recover/recover.js')
    const recovery = await recover(context, lab, flags['apply'] === true ? 'apply' : 'look')
    const { renderRecovery, recoveryDocument } = await import('../report/recovery-text.js')
    const { viaNpm } = context.env
    return { text: renderRecovery(recovery, viaNpm), json: recoveryDocument(recovery, viaNpm) }
  },
}
