import { isDeepStrictEqual } from 'node:util'
import type { AnyLab, Lab } from '../../backend/lab.js'
import type { Machine } from '../../backend/record-schema.js'
import type { LabFault } from '../errors.js'
import type { BaselineKind } from '../providers/provider.js'
import type { Wait } from '../settings.js'
import { differenceOf, type Asked } from './difference.js'
import type { Presences } from './presences.js'
import { refusalOfExpired } from './time-left.js'

/** All that an `up` goes by, beside the record and the machines. */
export interface UpRequest {
  readonly now: Date
  /** Undefined of a lab that is to be made. */
  readonly asked: Asked | undefined
  /** The networks that are named now; undefined where none are. */
  readonly allowFrom: readonly string[] | undefined
  /** Whether the command works under the lease of whoever uses the lab. */
  readonly isLent: boolean
}

/** What is missing is made, what is off is started, and what runs is kept. */
export interface Make {
  readonly kind: 'make'
  /** As the record says; undefined, or destroyed, for a new lab. */
  readonly former: Exclude<AnyLab, Lab<'destroying'>> | undefined
  /** The networks that a lab that is there is open to from then on. */
  readonly allowFrom: readonly string[] | undefined
  /** It is ready, and open to others than those. */
  readonly isOpened: boolean
}

/** `otherwise`: for a lab that turns out to be unable to. */
export type UpDecision =
  | { readonly kind: 'refuse'; readonly fault: LabFault }
  | { readonly kind: 'reconnect'; readonly lab: Lab<'ready' | 'in-use'>; readonly otherwise: Make }
  | { readonly kind: 'reset'; readonly lab: Lab<'resetting' | 'reset-failed'>; readonly otherwise: Make }
  | Make

/**
 * What `up` does with a lab, by its record: the only place that decides it. `plan` shows it and `up` carries it out. Pure: the
 * same values give the same decision.
 */
export function decideUp(record: AnyLab | undefined, request: UpRequest): UpDecision {
  if (record === undefined || record.state === 'destroyed')
    return { kind: 'make', former: record, allowFrom: undefined, isOpened: false }
  const fault = refusalOf(record, request)
  if (fault !== undefined) return { kind: 'refuse', fault }
  const lab = withoutUse(record, request)
  const allowFrom = request.allowFrom ?? lab.allowFrom
  switch (lab.state) {
    case 'destroying':
      return { kind: 'refuse', fault: { code: 'lab-being-destroyed', lab: lab.lab } }
    case 'ready': {
      const isOpened = !isDeepStrictEqual(allowFrom, lab.allowFrom)
      const otherwise: Make = { kind: 'make', former: lab, allowFrom, isOpened }
      return isOpened ? otherwise : { kind: 'reconnect', lab, otherwise }
    }
    case 'in-use':
      return { kind: 'reconnect', lab, otherwise: { kind: 'make', former: lab, allowFrom, isOpened: false } }
    case 'resetting':
    case 'reset-failed': {
      // As it is on record once the reset was tried.
      const former: Lab<'resetting'> = { ...lab, state: 'resetting' }
      return { kind: 'reset', lab, otherwise: { kind: 'make', former, allowFrom, isOpened: false } }
    }
    default:
      return { kind: 'make', former: lab, allowFrom, isOpened: false }
  }
}

const refusalOf = (lab: AnyLab, { asked, now }: UpRequest): LabFault | undefined =>
  (asked === undefined ? undefined : differenceOf(lab, asked)) ?? refusalOfExpired(lab, now)

/** A use ends with its lease; under a lent one the lender still uses it. */
const withoutUse = (lab: AnyLab, { isLent }: UpRequest): AnyLab =>
  lab.state === 'in-use' && !isLent ? { ...lab, state: 'ready' } : lab

/** What `up` finds out by trying, by what the provider shows of the machines. */
export function foresee(
  decision: Exclude<UpDecision, { readonly kind: 'refuse' }>,
  presences: Presences,
  { wait, baseline }: { readonly wait: Wait; readonly baseline: BaselineKind | undefined },
): Exclude<UpDecision, { readonly kind: 'refuse' }> {
  const shows = presences.map(([, presence]) => presence)
  if (decision.kind === 'reconnect') {
    // With `--wait none` no machine is asked for an answer.
    const answers = wait === 'none' || shows.every((presence) => presence === 'running')
    return answers ? decision : decision.otherwise
  }
  if (decision.kind === 'reset') {
    const isLost = baseline === 'snapshot' && shows.includes('absent')
    return isLost ? decision.otherwise : decision
  }
  return decision
}

/** What becomes of the machines of a lab that is made, each by its name. */
export interface Making {
  /** Nothing was ever made of the lab. */
  readonly isNew: boolean
  /** Those that get nothing of the ones that are there. */
  readonly anew: readonly string[]
  /** Those that the engine makes again whatever its state says. */
  readonly replace: readonly string[]
  /** Those that are there, and are to be made anew from what they are made of now. */
  readonly remake: readonly string[]
  /** Those that are there, and off. */
  readonly start: readonly string[]
}

export function decideMaking(former: AnyLab | undefined, presences: Presences): Making {
  const named = (...wanted: readonly (typeof presences)[number][1][]): string[] =>
    presences.filter(([, presence]) => wanted.includes(presence)).map(([name]) => name)
  const replace = named('absent')
  // A swap that did not end may have left the old machines in place of those that it was to make.
  const isSwap = former?.state === 'swapping' || former?.state === 'swap-failed'
  return {
    isNew: former === undefined || former.state === 'destroyed',
    anew: isSwap ? [...new Set([...withoutHostKey(former.machines), ...replace])] : replace,
    replace,
    remake: [],
    start: named('stopped', 'partial'),
  }
}

/** The machines of a swap that have not been reached since it began: it forgets the host keys of those it replaces. */
export const withoutHostKey = (machines: readonly Pick<Machine, 'name' | 'hostKey'>[]): string[] =>
  machines.filter(({ hostKey }) => hostKey === null).map(({ name }) => name)

/** As for a lab whose machines are all gone. */
export const makingAll = (names: readonly string[]): Making => ({
  isNew: false,
  anew: names,
  replace: names,
  remake: [],
  start: [],
})
