import type { Command } from '../command.js'
import { textFlag } from '../flags.js'
import { leaseOptions, nameOption, profileOption } from '../options.js'

export const stopCommand: Command = {
  name: 'stop',
  positionals: '[lab]',
  describe: 'Shut the machines of a lab down and keep their disks; the TTL runs on',
  options: {
    ...profileOption,
    ...nameOption,
    machine: { type: 'string', requiresArg: true, describe: 'Only this machine; default: all' },
    ...leaseOptions,
  },
  examples: [
    ['distrolab stop debian-local', 'frees its memory; `start` brings it back'],
    ['distrolab stop web --machine target', 'one machine of several'],
  ],
  async run(context, { lab, flags }) {
    const { stop } = await import('../lifecycle/stop.js')
    const result = await stop(context, lab, textFlag(flags, 'machine'))
    const { typed } = await import('../report/typed.js')
    const names = result.machines.map(({ name, was }) => (was === 'running' ? name : `${name} (was ${was})`))
    const end = result.expiresAt === null ? '' : `\nIts TTL runs on, until ${result.expiresAt}.`
    const next = typed`distrolab start ${result.lab}`
    const text = `Stopped ${result.lab}: ${names.join(', ')}. ${result.bill}${end}\nNext:  ${next}`
    return { text, json: result }
  },
}
