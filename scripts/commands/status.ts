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
    const { labNameOf, requireLab } = await import('../lifecycle/target.js')
    const record = await requireLab(context, labNameOf(context, lab))
    const { enforcersOf, expiresInMs, isExpired } = await import('../lifecycle/expiry.js')
    const now = new Date()
    if (isExpired(record, now)) context.progress.say(`Its time was over at ${record.expiresAt}.`)
    const ttl = { expiresInMs: expiresInMs(record, now), enforcers: await enforcersOf(context, record) }
    return { text: record.state, json: { ...record, ...ttl, source: 'recorded' } }
  },
}
