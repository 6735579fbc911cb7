import type { Command } from '../command.js'
import { applyOption, leaseOptions, nameOption, profileOption, yesOption } from '../options.js'

export const downCommand: Command = {
  name: 'down',
  positionals: '[lab]',
  describe: 'Destroy a lab and verify that nothing is left',
  options: {
    ...profileOption,
    ...nameOption,
    ...applyOption,
    ...leaseOptions,
    ...yesOption,
  },
  examples: [
    ['distrolab down debian-local', 'asks first, at a terminal'],
    ['distrolab down debian-local -y', 'does not ask'],
  ],
  async run(context, { lab }) {
    const { confirm } = await import('../confirm.js')
    const { labNameOf } = await import('../lab/target.js')
    const name = labNameOf(context, lab)
    const question = `Destroy the lab ${name} and everything on its machines?`
    await confirm(context, { command: `down ${name}`, question, unattended: 'proceed' })
    const { down } = await import('../lifecycle/down/down.js')
    const result = await down(context, lab)
    const what = result.changed ? 'is destroyed' : 'was already destroyed'
    const proof = result.verified ? 'verified: nothing is left' : 'nothing of it was ever created'
    return { text: `${name} ${what}; ${proof}.`, json: result }
  },
}
