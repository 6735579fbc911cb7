import { isLabName, type LabName } from '../../backend/lab-name.js'
import type { AnyLab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import type { DeclaredLab } from '../declared-labs-schema.js'
import { LabError } from '../errors.js'
import { machines, timeToLive, Unfit, type ParseValue } from '../setting-values.js'

/** A lab of the configuration's `labs:`. */
export interface Declared {
  readonly name: LabName
  readonly lab: DeclaredLab
}

export const hasDeclaredLabs = ({ config }: Pick<Context, 'config'>): boolean =>
  Object.keys(config.values.labs ?? {}).length > 0

/** By name, so that everything about them has a stable order. Throws LabError usage if there are none. */
export function declaredLabs({ config }: Pick<Context, 'config'>, command: string): readonly Declared[] {
  const entries = Object.entries(config.values.labs ?? {})
  if (entries.length > 0)
    return entries
      .flatMap(([name, lab]) => (isLabName(name) ? [{ name, lab }] : []))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  const problem = '--all: the configuration declares no labs. Add them to distrolab.yaml under labs:.'
  throw new LabError({ code: 'usage', problem, command })
}

/** `--all` names the labs itself. Throws LabError usage. */
export function assertNoneNamed(
  { settings }: Pick<Context, 'settings'>,
  command: string,
  positional: string | undefined,
): void {
  if (positional === undefined && settings.name === undefined) return
  const problem = '--all is about every declared lab: leave out the name of the lab.'
  throw new LabError({ code: 'usage', problem, command })
}

/** For one of them: its declaration wins over the configuration's defaults. */
export function contextOf(context: Context, { name, lab }: Declared): Context {
  const { settings } = context
  const tags = lab.owner === undefined ? settings.tags : { ...settings.tags, owner: lab.owner }
  return {
    ...context,
    settings: {
      ...settings,
      name,
      tags,
      profile: lab.profile,
      machines: lab.machines === undefined ? undefined : valueOf(machines, lab.machines),
      ttl: lab.ttl === undefined ? settings.ttl : valueOf(timeToLive, lab.ttl),
    },
  }
}

/** The configuration has been checked. */
function valueOf<T>(parse: ParseValue<T>, text: string): T {
  const value = parse(text)
  if (value instanceof Unfit) throw new TypeError(`expected ${value.expected}, got "${text}"`)
  return value
}

/** What the record says otherwise than the declaration, beside what `up` refuses; each in words. */
export function recordedOtherwise({ lab }: Declared, known: AnyLab): readonly string[] {
  const { owner } = lab
  const tag = Object.hasOwn(known.tags, 'owner') ? known.tags['owner'] : undefined
  return [
    ...(owner === undefined || owner === tag ? [] : [`owner: declared ${owner}, recorded ${tag ?? 'none'}`]),
    ...otherTtl(lab, known),
  ]
}

/** The record is written shortly before or after its expiry is counted. */
const TOLERANCE_MS = 60_000

function otherTtl({ ttl }: DeclaredLab, { createdAt, expiresAt }: AnyLab): readonly string[] {
  if (ttl === undefined) return []
  const wanted = valueOf(timeToLive, ttl)
  const has = expiresAt === null ? null : Date.parse(expiresAt) - Date.parse(createdAt)
  const isSame = has === null || wanted === null ? has === wanted : Math.abs(has - wanted) <= TOLERANCE_MS
  return isSame ? [] : [`ttl: declared ${ttl}, recorded to end ${expiresAt ?? 'never'}`]
}
