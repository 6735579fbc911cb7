import type { Command } from '../command.js'
import { textFlag } from '../flags.js'
import { LabError } from '../errors.js'
import {
  coldOption,
  leaseOptions,
  limitOptions,
  machineOptions,
  nameOption,
  profileOption,
  setupOption,
  text,
} from '../options.js'

export const swapCommand: Command = {
  name: 'swap',
  positionals: '[lab] [distro]',
  describe: 'Change the distro of a lab or of one machine; it keeps its name, ssh command, key and TTL',
  options: {
    ...profileOption,
    ...nameOption,
    machine: text('The only machine to change; default: all of the lab'),
    ...coldOption,
    ...limitOptions,
    ...leaseOptions,
    ...setupOption,
    'ssh-key': machineOptions['ssh-key'] ?? {},
  },
  examples: [
    ['distrolab swap debian-local debian-12', 'from then on the lab debian-local runs Debian 12'],
    ['distrolab swap pair rocky-9 --machine target', 'one machine of several; the others keep running'],
    ['distrolab swap --profile debian-12-local', 'the same, if only one lab can be meant'],
  ],
  async run(context, { lab, flags }) {
    const distro = textFlag(flags, 'distro')
    if (distro !== undefined && flags['profile'] !== undefined) {
      throw new LabError({ code: 'usage', problem: 'Name a distro or --profile, not both.', command: 'swap' })
    }
    const { swap } = await import('../lifecycle/swap/swap.js')
    const result = await swap(context, { lab, distro, machine: textFlag(flags, 'machine') })
    const { renderSwap } = await import('../report/lab-text.js')
    return { text: renderSwap(result), json: result }
  },
}
