import type { Command } from '../command.js'
import { textFlag } from '../flags.js'
import { leaseOptions, yesOption } from '../options.js'
import { typed } from '../report/typed.js'

export const cleanupCommand: Command = {
  name: 'cleanup',
  describe: 'Destroy every lab of this backend, or some of them',
  options: {
    session: {
      type: 'boolean',
      describe: 'Only labs created in this session: DISTROLAB_SESSION, or else the CI run',
    },
    'older-than': { type: 'string', requiresArg: true, describe: 'Only labs created longer ago, such as 1d' },
    ...leaseOptions,
    ...yesOption,
  },
  examples: [
    ['distrolab cleanup', 'all of them; asks first, and without a terminal does nothing'],
    ['distrolab cleanup --session -y', 'at the end of a CI run; exit code 6 if anything is left'],
    ['distrolab cleanup --older-than 1d -y', 'labs created more than a day ago'],
  ],
  exitCodes: [
    ['1', 'the fate of a lab could not be determined'],
    ['6', 'something is left of a lab'],
  ],
  async run(context, { flags }) {
    const { confirm, requireTerminalOrYes } = await import('../confirm.js')
    const isOfSession = flags['session'] === true
    const olderThan = textFlag(flags, 'older-than')
    // A hint with fewer flags would affect more labs.
    const command = [
      'cleanup',
      ...(isOfSession ? ['--session'] : []),
      ...(olderThan === undefined ? [] : [typed`--older-than ${olderThan}`]),
    ].join(' ')
    requireTerminalOrYes(context, command)
    const { cleanup, requireSession } = await import('../lifecycle/down/cleanup.js')
    const { exitCodeOf } = await import('../lifecycle/down/destroy-many.js')
    const { renderFates } = await import('../report/fates-text.js')
    const session = isOfSession ? requireSession(context) : undefined
    const fates = await cleanup(context, { session, olderThan: context.settings.olderThan }, (labs) =>
      confirm(context, {
        command,
        unattended: 'refuse',
        question: `Destroy ${labs.join(', ')} and everything on their machines?`,
      }),
    )
    const text = fates.length === 0 ? 'No lab matches.' : renderFates(fates)
    return { text, json: { labs: fates }, exitCode: exitCodeOf(context, fates) }
  },
}
