import type { Command } from '../command.js'
import { leaseOptions, machineOptions, nameOption, profileOption, ttlOption } from '../options.js'

export const upCommand: Command = {
  name: 'up',
  positionals: '[lab]',
  describe: 'Create a lab, or reconnect to it, and wait until SSH works',
  options: {
    ...profileOption,
    ...nameOption,
    ...machineOptions,
    ...ttlOption,
    ...leaseOptions,
    'install-prerequisites': {
      type: 'boolean',
      describe: 'Install missing system packages with apt (root or sudo)',
    },
  },
  examples: [
    ['distrolab up --profile debian-local', 'a Debian VM on this computer'],
    ['distrolab up --profile debian-12-local --name old', 'a second one under its own name'],
    ['distrolab up --profile debian-local --ttl 90m', 'it expires after an hour and a half'],
    ['distrolab up debian-local -o json', 'its address and ssh command for a script'],
  ],
  async run(context, { lab, flags }) {
    if (flags['install-prerequisites'] === true) {
      const { installMissing } = await import('../lifecycle/install.js')
      await installMissing(context)
    }
    const { up } = await import('../lifecycle/up.js')
    const result = await up(context, lab)
    const { renderUp } = await import('../report/lab-text.js')
    return { text: renderUp(result), json: result }
  },
}
