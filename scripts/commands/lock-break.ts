import type { Command } from '../command.js'
import { nameOption, profileOption, yesOption } from '../options.js'

export const lockBreakCommand: Command = {
  name: 'lock break',
  positionals: '[lab]',
  describe: "Take a lab's lease from its holder, after showing the risk",
  options: { ...profileOption, ...nameOption, ...yesOption },
  examples: [
    ['distrolab lock break debian-local', 'asks first; needs a terminal'],
    ['distrolab lock break debian-local -y', 'does not ask'],
  ],
  async run(context, { lab }) {
    const { lockStatus } = await import('../lifecycle/lock/lock-status.js')
    const status = await lockStatus(context, lab)
    const { renderBreak, renderRisk } = await import('../report/lock-text.js')
    if (status.holder !== null) {
      context.progress.say(renderRisk(status, status.holder))
      const { confirm } = await import('../confirm.js')
      const question = `Break the lease of ${status.lab}?`
      await confirm(context, { command: `lock break ${status.lab}`, question, unattended: 'refuse' })
    }
    const { breakLock } = await import('../lifecycle/lock/lock-break.js')
    const result = await breakLock(context, status)
    return { text: renderBreak(result), json: result }
  },
}
