import type { Command } from '../command.js'
import { yesOption } from '../options.js'

export const reapCommand: Command = {
  name: 'reap',
  describe: 'Destroy the labs that outlived their TTL and that nobody is using',
  options: yesOption,
  examples: [
    ['distrolab reap', 'asks first, at a terminal; for cron and CI as it is'],
    ['distrolab reap -o json', 'what became of each; exit code 1 if something could not be told'],
  ],
  exitCodes: [
    ['1', 'what became of a lab could not be determined'],
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
