import type { Command } from '../command.js'
import { leaseOptions, nameOption, profileOption, ttlOption } from '../options.js'

export const extendCommand: Command = {
  name: 'extend',
  positionals: '[lab]',
  describe: 'Change when a lab expires',
  options: { ...profileOption, ...nameOption, ...ttlOption, ...leaseOptions },
  examples: [
    ['distrolab extend debian-local', 'at least 4 hours from now (the usual TTL)'],
    ['distrolab extend debian-local --ttl 30m', '30 minutes from now, even if it had more'],
    ['distrolab extend debian-local --ttl none', 'it no longer expires'],
  ],
  async run(context, { lab, flags }) {
    const { extend } = await import('../lifecycle/extend.js')
    const result = await extend(context, lab, flags['ttl'] === undefined ? 'usual' : 'asked')
    const { renderExtension } = await import('../report/expiry-text.js')
    return { text: renderExtension(result), json: result }
  },
}
