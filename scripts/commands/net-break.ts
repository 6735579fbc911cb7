import type { Command } from '../command.js'
import { LabError } from '../errors.js'
import { leaseOptions, nameOption, profileOption } from '../options.js'
import { netWords } from './net-words.js'

export const netBreakCommand: Command = {
  name: 'net break',
  positionals: '[lab] [from] [to]',
  describe: "Separate two machines in a local lab's private network",
  options: { ...profileOption, ...nameOption, ...leaseOptions },
  examples: [
    [
      'distrolab net break web source target',
      'these two cannot reach each other any more; all others still can',
    ],
    ['distrolab net break --name web source target', 'the same'],
  ],
  async run(context, args) {
    const { lab, machines } = netWords('net break', args)
    if (machines === undefined)
      throw new LabError({
        code: 'usage',
        command: 'net break',
        problem: 'Name the two machines to separate.',
      })
    const { netBreak } = await import('../lifecycle/net/net-break.js')
    const result = await netBreak(context, lab, machines)
    const { renderBroken } = await import('../report/net-text.js')
    return { text: renderBroken(result), json: result }
  },
}
