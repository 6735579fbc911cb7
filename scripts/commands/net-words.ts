import type { Args } from '../command.js'
import { textFlag } from '../flags.js'
import { LabError } from '../errors.js'

export interface NetWords {
  readonly lab: string | undefined
  readonly machines: { readonly from: string; readonly to: string } | undefined
}

/**
 * `LAB FROM TO`; with --name or --profile, which name the lab, `FROM TO`. Throws LabError usage for one
 * machine alone.
 */
export function netWords(command: string, { lab, flags }: Args): NetWords {
  const given = [lab, textFlag(flags, 'from'), textFlag(flags, 'to')].filter((word) => word !== undefined)
  const isNamed = flags['name'] !== undefined || flags['profile'] !== undefined
  const [own, [from, to, ...rest]] = isNamed ? [undefined, given] : [given[0], given.slice(1)]
  if (rest.length > 0) {
    throw new LabError({
      code: 'usage',
      command,
      problem: 'Name the lab once: as a word, or with --name or --profile.',
    })
  }
  if (from === undefined) return { lab: own, machines: undefined }
  if (to === undefined)
    throw new LabError({ code: 'usage', command, problem: `Name two machines; got only "${from}".` })
  return { lab: own, machines: { from, to } }
}
