import { randomUUID } from 'node:crypto'
import { cleanText } from './clean-text.js'
import { eventId } from './events.js'
import type { Lab } from './lab.js'
import type { State } from './lab-state.js'
import type { Lease } from './lease.js'
import type { Decided, LabEvent, LabFacts, LabRecord, StepOutcome } from './record-schema.js'

/** The right under which a record is written, and the time. */
export interface WriteContext {
  readonly lease: Lease
  /** ISO time by the store's clock, never before the record's last one. */
  readonly at: string
}

/** What happens to the current step. */
export interface StepChange {
  /** The step that begins; null for none. */
  readonly next: string | null
  readonly outcome: StepOutcome
  /** How long this command's step took; undefined if no step is running. */
  readonly ms: number | undefined
  /** No step of this command is recorded yet, so the last command's steps are dropped. */
  readonly isFirst: boolean
}

/** A first record: the intent, before anything is made. */
export function newRecord(decided: Decided, context: WriteContext): Lab<'provisioning'> {
  const { lease, at } = context
  return {
    lab: lease.lab,
    state: 'provisioning',
    ...decided,
    createdAt: at,
    updatedAt: at,
    stateSince: at,
    command: commandOf(lease),
    step: null,
    steps: [],
    failure: null,
    fence: lease.fence,
    eventCount: 0,
    lastEvent: null,
    revision: randomUUID(),
  }
}

/** Names the current writer; what an earlier command left (step, timings, failure, engine) stays visible. */
export const withCommand = <L extends LabFacts>(lab: L, lease: Lease): L => ({
  ...lab,
  command: commandOf(lease),
})

/** Ends the command. Under a lent lease the recorded command is the lender's, which continues. */
export const withoutCommand = <L extends LabFacts>(lab: L, { lentBy }: Lease): L =>
  lentBy === undefined ? { ...lab, command: null } : lab

export function withStep<L extends LabFacts>(lab: L, change: StepChange | undefined, at: string): L {
  if (change === undefined || (change.next === null && change.ms === undefined)) return lab
  const ended =
    change.ms !== undefined && lab.step !== null
      ? [{ name: lab.step.name, ms: Math.round(change.ms), outcome: change.outcome }]
      : []
  const steps = change.isFirst ? [] : [...lab.steps, ...ended]
  return { ...lab, steps, step: change.next === null ? null : { name: change.next, startedAt: at } }
}

/** Adds the event of this write. */
export function withEvent<L extends LabRecord>(
  lab: L,
  from: State | null,
  told: Pick<LabEvent, 'kind' | 'message'>,
  { lease, at }: WriteContext,
): L {
  const { user, host, pid } = lease.holder
  const n = lab.eventCount + 1
  const event: LabEvent = {
    id: eventId(at, n),
    at,
    lab: lab.lab,
    kind: told.kind,
    ...(told.message === undefined ? {} : { message: cleanText(told.message) }),
    from,
    to: lab.state,
    command: lease.command,
    step: lab.step?.name ?? null,
    holder: { user, host, pid },
    fence: lease.fence,
  }
  return { ...lab, eventCount: n, lastEvent: event }
}

/** Marks a record as written under this lease. */
export const stamped = <L extends LabFacts>(lab: L, { lease, at }: WriteContext): L => ({
  ...lab,
  fence: lease.fence,
  updatedAt: at,
  revision: randomUUID(),
})

const commandOf = (lease: Lease): LabFacts['command'] => ({
  name: lease.command,
  startedAt: lease.since,
  holder: lease.holder,
})
