import type { Command } from '../command.js'
import { leaseOptions, nameOption, profileOption } from '../options.js'
import { netWords } from './net-words.js'

export const netHealCommand: Command = {
  name: 'net heal',
  positionals: '[lab] [from] [to]',
  describe: 'Connect machines that net break has separated',
  options: { ...profileOption, ...nameOption, ...leaseOptions },
  examples: [
    ['distrolab net heal web', 'every machine reaches every other again'],
    ['distrolab net heal web source target', 'only these two'],
  ],
  async run(context, args) {
    const { lab, machines } = netWords('net heal', args)
    const { netHeal } = await import('../lifecycle/net/net-heal.js')
    const result = await netHeal(context, lab, machines)
    const { renderHealed } = await import('../report/net-text.js')
    return { text: renderHealed(result), json: result }
  },
}
