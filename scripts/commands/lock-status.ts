import type { Command } from '../command.js'
import { nameOption, profileOption } from '../options.js'

export const lockStatusCommand: Command = {
  name: 'lock status',
  positionals: '[lab]',
  describe: "Show who holds a lab's lease, since when, and when it ends",
  options: { ...profileOption, ...nameOption },
  examples: [['distrolab lock status debian-local', 'free, or its holder']],
  async run(context, { lab }) {
    const { lockStatus } = await import('../lifecycle/lock/lock-status.js')
    const status = await lockStatus(context, lab)
    const { renderLock } = await import('../report/lock-text.js')
    return { text: renderLock(status), json: status }
  },
}
