import type { Command, Outcome } from '../command.js'
import type { Context } from '../context.js'
import { allOption, applyOption, leaseOptions, nameOption, profileOption, yesOption } from '../options.js'

export const downCommand: Command = {
  name: 'down',
  positionals: '[lab]',
  describe: 'Destroy a lab and verify that nothing is left',
  options: {
    ...profileOption,
    ...nameOption,
    ...allOption,
    ...applyOption,
    ...leaseOptions,
    ...yesOption,
  },
  examples: [
    ['distrolab down debian-local', 'asks first, at a terminal'],
    ['distrolab down debian-local -y', 'does not ask'],
    ['distrolab down --all', 'every lab that the configuration declares; without a terminal only with -y'],
  ],
  async run(context, { lab, flags }) {
    if (flags['all'] === true) return downDeclared(context, lab)
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

/** As `cleanup`: it affects more than one lab. */
async function downDeclared(context: Context, lab: string | undefined): Promise<Outcome> {
  const { confirm, requireTerminalOrYes } = await import('../confirm.js')
  const command = 'down --all'
  requireTerminalOrYes(context, command)
  const { downAll } = await import('../lifecycle/down/down-all.js')
  const { exitCodeOf } = await import('../lifecycle/down/destroy-many.js')
  const { renderFates } = await import('../report/fates-text.js')
  const fates = await downAll(context, lab, (labs) => {
    const question = `Destroy ${labs.join(', ')} and everything on their machines?`
    return confirm(context, { command, question, unattended: 'refuse' })
  })
  const text = fates.length === 0 ? 'No declared lab exists.' : renderFates(fates)
  return { text, json: { labs: fates }, exitCode: exitCodeOf(context, fates) }
}
