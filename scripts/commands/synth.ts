import type { Command } from '../command.js'
import { textFlag } from '../flags.js'
import { labOptions, machineOptions, nameOption, profileOption } from '../options.js'

const { wait: _wait, ...stackOptions } = machineOptions

export const synthCommand: Command = {
  name: 'synth',
  positionals: '[lab]',
  describe: 'Write the plain OpenTofu files of a profile or lab',
  options: {
    ...profileOption,
    ...nameOption,
    ...labOptions,
    ...stackOptions,
    out: {
      type: 'string',
      requiresArg: true,
      describe: 'Folder to write to; without it, the JSON is printed',
    },
  },
  examples: [
    ['distrolab synth --profile debian-local --out DIR', 'then: cd DIR && tofu init && tofu plan'],
    ['distrolab synth debian-local --out DIR', 'then: cd DIR && tofu init && tofu destroy'],
  ],
  async run(context, { lab, flags }) {
    const { synthesise } = await import('../lifecycle/synth.js')
    return synthesise(context, lab, textFlag(flags, 'out'))
  },
}
