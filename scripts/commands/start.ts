import type { Command } from '../command.js'
import { textFlag } from '../flags.js'
import { leaseOptions, limitOptions, nameOption, profileOption } from '../options.js'

export const startCommand: Command = {
  name: 'start',
  positionals: '[lab]',
  describe: 'Start the stopped machines of a lab and wait until SSH works',
  options: {
    ...profileOption,
    ...nameOption,
    machine: { type: 'string', requiresArg: true, describe: 'Only this machine; default: all' },
    'wait-timeout': limitOptions['wait-timeout'] ?? {},
    ...leaseOptions,
  },
  examples: [
    ['distrolab start debian-local', 'with the disk as it was when it was stopped'],
    ['distrolab start web --machine target', 'one machine of several'],
  ],
  async run(context, { lab, flags }) {
    const { startLab } = await import('../lifecycle/start.js')
    const result = await startLab(context, lab, textFlag(flags, 'machine'))
    const { started, machines } = result
    const what = started.length === 0 ? `${result.lab} was running` : `Started ${started.join(', ')}`
    return { text: [`${what}.`, ...machines.map(({ ssh }) => ssh)].join('\n'), json: result }
  },
}
