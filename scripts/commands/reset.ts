import type { Command } from '../command.js'
import {
  leaseOptions,
  limitOptions,
  machineOptions,
  nameOption,
  profileOption,
  setupOption,
} from '../options.js'

export const resetCommand: Command = {
  name: 'reset',
  positionals: '[lab]',
  describe: 'Take a lab back to its baseline: the machines as they were at the end of `up`',
  options: {
    ...profileOption,
    ...nameOption,
    ...limitOptions,
    ...leaseOptions,
    ...setupOption,
    'ssh-key': machineOptions['ssh-key'] ?? {},
  },
  examples: [
    ['distrolab reset debian-local', 'undoes every change on its machines since `up`'],
    ['distrolab reset debian-local -o json', 'how it was verified, and how accurate the clocks are'],
  ],
  async run(context, { lab }) {
    const { reset } = await import('../lifecycle/reset.js')
    const result = await reset(context, lab)
    const { renderReset } = await import('../report/lab-text.js')
    return { text: renderReset(result), json: result }
  },
}
