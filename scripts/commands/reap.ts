import type { Command } from '../command.js'
import { yesOption } from '../options.js'

export const reapCommand: Command = {
  name: 'reap',
  describe: 'Destroy expired labs that no one is using',
  options: yesOption,
  examples: [
    ['distrolab reap', 'asks first at a terminal; cron and CI run it as it is'],
    ['distrolab reap -o json', 'the fate of each; exit code 1 if one could not be determined'],
  ],
  exitCodes: [
    ['1', 'the fate of a lab could not be determined'],
    ['6', 'something is left of a lab'],
  ],
  async run(context) {
    const { confirm } = await import('../confirm.js')
    const { exitCodeOf } = await import('../lifecycle/down/destroy-many.js')
    const { reap } = await import('../lifecycle/down/reap.js')
    const { renderFates } = await import('../report/fates-text.js')
    const fates = await reap(context, (labs) =>
      confirm(context, {
        command: 'reap',
        unattended: 'proceed',
        question: `Destroy what expired (${labs.join(', ')})?`,
      }),
    )
    const text = fates.length === 0 ? 'Nothing has expired.' : renderFates(fates)
    return { text, json: { labs: fates }, exitCode: exitCodeOf(context, fates) }
  },
}
