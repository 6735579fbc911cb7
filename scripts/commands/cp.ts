import type { Command } from '../command.js'
import { listFlag, textFlag } from '../flags.js'
import { leaseOptions, machineOption, repeatedText } from '../options.js'

export const cpCommand: Command = {
  name: 'cp',
  positionals: '[source] [target]',
  describe: 'Copy a file or folder to a machine or back, with modes, times, links and holes',
  options: {
    ...machineOption,
    ...leaseOptions,
    exclude: repeatedText(
      'Leave out names such as *.o, or with a slash paths from the source such as build/tmp; may be repeated',
    ),
  },
  examples: [
    ['distrolab cp src debian-local:work', 'the content of the folder src goes to work in the home'],
    ['distrolab cp debian-local:/var/log/syslog .', 'a file from the machine; needs no lease'],
    ['distrolab cp --exclude .git . debian-local:src', 'without that name, at any depth'],
  ],
  async run(context, { flags }) {
    const { copy } = await import('../lifecycle/cp/cp.js')
    const result = await copy(context, {
      source: textFlag(flags, 'source'),
      target: textFlag(flags, 'target'),
      machine: textFlag(flags, 'machine'),
      exclude: listFlag(flags, 'exclude'),
    })
    const { lab, machine, direction, from, to, files } = result
    const [here, there] = direction === 'to-lab' ? ['', `${lab}/${machine}:`] : [`${lab}/${machine}:`, '']
    const count = `${files} ${files === 1 ? 'file' : 'files'}`
    return { text: `Copied ${count}: ${here}${from} -> ${there}${to}`, json: result }
  },
}
