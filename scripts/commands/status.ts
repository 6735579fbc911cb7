import type { Command } from '../command.js'
import { nameOption, profileOption } from '../options.js'

export const statusCommand: Command = {
  name: 'status',
  positionals: '[lab]',
  describe: 'Print the recorded state, one word',
  options: { ...profileOption, ...nameOption },
  examples: [
    ['distrolab status debian-local', 'ready'],
    ['distrolab status debian-local -o json', 'the whole record'],
  ],
  async run(context, { lab }) {
    const { labNameOf, requireLab } = await import('../lab/target.js')
    const record = await requireLab(context, labNameOf(context, lab))
    const { enforcersOf } = await import('../lab/expiry.js')
    const { expiresInMs, isExpired } = await import('../lab/time-left.js')
    const now = new Date()
    if (isExpired(record, now)) context.progress.say(`It expired at ${record.expiresAt}.`)
    const { powersOf } = await import('../lab/powers.js')
    const { stillText } = await import('../report/power-text.js')
    const power = await powersOf(context, record)
    for (const [machine, found] of Object.entries(power)) {
      const still = stillText(found)
      if (still !== undefined)
        context.progress.say(
          `${machine}: ${still}. distrolab ${found === 'off' ? 'start' : 'up'} ${record.lab} brings it back.`,
        )
    }
    const ttl = { expiresInMs: expiresInMs(record, now), enforcers: await enforcersOf(context, record) }
    return { text: record.state, json: { ...record, ...ttl, power, source: 'recorded' } }
  },
}
