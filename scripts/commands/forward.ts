import type { Command } from '../command.js'
import { listFlag, textFlag } from '../flags.js'
import { machineOption, nameOption, profileOption } from '../options.js'

export const forwardCommand: Command = {
  name: 'forward',
  positionals: '[lab] [ports..]',
  describe: 'Reach ports of a machine at 127.0.0.1 until Ctrl-C; needs no lease',
  options: { ...profileOption, ...nameOption, ...machineOption },
  examples: [
    ['distrolab forward debian-local 8080', 'http://127.0.0.1:8080 is port 8080 of the machine'],
    ['distrolab forward debian-local 9000:80 5432', 'two ports; 9000 here is port 80 there'],
  ],
  exitCodes: [['0', 'ended by Ctrl-C or SIGTERM']],
  async run(context, { lab, flags }) {
    const { forward } = await import('../lifecycle/forward/forward.js')
    await forward(context, lab, textFlag(flags, 'machine'), listFlag(flags, 'ports'))
    return { exitCode: 0 }
  },
}
