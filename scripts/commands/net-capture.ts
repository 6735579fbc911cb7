import { resolve } from 'node:path'
import type { Args, Command } from '../command.js'
import { textFlag } from '../flags.js'
import { LabError } from '../errors.js'
import { leaseOptions, machineOption, nameOption, profileOption } from '../options.js'
import { captureSize, limit, Unfit, type ParseValue } from '../setting-values.js'

const LARGEST = '64MiB'

export const netCaptureCommand: Command = {
  name: 'net capture',
  positionals: '[lab]',
  describe: "Write the traffic of a local lab's private network to a file for tcpdump or Wireshark",
  options: {
    ...profileOption,
    ...nameOption,
    ...leaseOptions,
    machine: {
      ...machineOption['machine'],
      describe: 'Only what this machine sends and receives; default: all',
    },
    out: { type: 'string', requiresArg: true, describe: 'The file to write, such as web.pcap' },
    'max-size': {
      type: 'string',
      requiresArg: true,
      describe: `End before the file is larger, such as 10MiB or 1GiB (default ${LARGEST})`,
    },
    for: { type: 'string', requiresArg: true, describe: 'End after this time, such as 30s or 10m' },
  },
  examples: [
    ['distrolab net capture web --out web.pcap', 'until Ctrl-C, or 64 MiB'],
    ['distrolab net capture web --out web.pcap --for 30s', 'for 30 seconds'],
  ],
  async run(context, args) {
    const { lab, flags } = args
    const out = textFlag(flags, 'out')
    if (out === undefined) throw usage('--out: name the file to write, such as --out web.pcap.')
    const options = {
      out: resolve(out),
      machine: textFlag(flags, 'machine'),
      maxBytes: valueOf(args, 'max-size', captureSize) ?? Number(captureSize(LARGEST)),
      forMs: valueOf(args, 'for', limit),
    }
    const { netCapture } = await import('../lifecycle/net/net-capture.js')
    const result = await netCapture(context, lab, options)
    const { renderCapture } = await import('../report/net-text.js')
    return { text: renderCapture(result), json: result }
  },
}

function valueOf<T>({ flags }: Args, flag: string, parse: ParseValue<T>): T | undefined {
  const given = textFlag(flags, flag)
  if (given === undefined) return undefined
  const value = parse(given)
  if (value instanceof Unfit) throw usage(`--${flag}: expected ${value.expected}, got "${given}"`)
  return value
}

const usage = (problem: string): LabError => new LabError({ code: 'usage', command: 'net capture', problem })
