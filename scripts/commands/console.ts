import type { Command } from '../command.js'
import { textFlag } from '../flags.js'
import { machineOption, nameOption, profileOption } from '../options.js'

export const consoleCommand: Command = {
  name: 'console',
  positionals: '[lab]',
  describe: "Show a machine's serial console: live until Ctrl-C for a local one; needs no lease",
  options: { ...profileOption, ...nameOption, ...machineOption },
  examples: [
    ['distrolab console debian-local', 'its last lines, then what it writes, until Ctrl-C'],
    ['distrolab console pair --machine target', 'one machine of several'],
  ],
  exitCodes: [['0', 'ended by Ctrl-C or SIGTERM, or the lab is destroyed']],
  async run(context, { lab, flags }) {
    const { showConsole } = await import('../lifecycle/console/console.js')
    await showConsole(context, lab, textFlag(flags, 'machine'))
    return { exitCode: 0 }
  },
}
