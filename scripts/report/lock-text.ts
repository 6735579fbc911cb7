import type { LockHolder, LockStatus } from '../lifecycle/lock/lock-status.js'
import type { LockBreak } from '../lifecycle/lock/lock-break.js'
import { age } from './age.js'
import { inOneLineEach } from './printable.js'

export function renderLock(given: LockStatus): string {
  const status = inOneLineEach(given)
  const { lab, holder } = status
  if (holder === null) return `${lab}: free`
  return [`${lab}: ${describeHolder(status, holder)}`, ...whatBreaksIt(status, holder)].join('\n')
}

/** What a person should know before breaking a lease. */
export function renderRisk(...given: readonly [LockStatus, LockHolder]): string {
  const [status, holder] = inOneLineEach(given)
  const stops = 'it stops before its next change'
  const halfDone = `what it has started${status.step === null ? '' : ` (${status.step})`} stays half done until up or down continues it`
  const risk =
    status.takeover !== null
      ? 'There is no risk: the next command would take it over anyway.'
      : holder.liveness === 'alive'
        ? `That command is running. If its lease is broken, ${stops}; ${halfDone}.`
        : `That command may still be running. If its lease is broken, ${stops}, but only once it finds out (within 15 s, or when it wakes up); ${halfDone}.`
  return `The lease of ${status.lab} is ${describeHolder(status, holder)}\n${risk}`
}

export function renderBreak(given: LockBreak): string {
  const { lab, broken, holder } = inOneLineEach(given)
  if (!broken || holder === null) return `${lab}: free; there was nothing to break.`
  return `${lab}: free; the lease of ${holder.user}@${holder.host} (pid ${holder.pid}, ${holder.command}) is broken.`
}

function describeHolder({ state, step }: LockStatus, holder: LockHolder): string {
  const phase = state === null ? 'nothing recorded yet' : [state, step].filter(Boolean).join(' at ')
  return [
    `held by ${holder.user}@${holder.host} (pid ${holder.pid}), ${liveness(holder)}`,
    `running ${holder.command} for ${age(holder.heldMs)} (since ${holder.since}): ${phase}`,
    ...(holder.ciRunUrl === null ? [] : [holder.ciRunUrl]),
  ].join('\n')
}

function liveness({ liveness: found, silentMs }: LockHolder): string {
  if (found === 'alive') return 'alive'
  if (found === 'dead') return 'dead'
  return `last heard of ${age(silentMs)} ago`
}

function whatBreaksIt({ lab, takeover }: LockStatus, { expiresAt }: LockHolder): readonly string[] {
  if (takeover === 'holder-dead') return ['Its process is dead: the next command takes it over.']
  if (takeover === 'expired') return [`It expired at ${expiresAt}: the next command takes it over.`]
  return [
    `It ends when that process dies, or at ${expiresAt} unless renewed.`,
    `To break it: distrolab lock break ${lab}`,
  ]
}
