import type { AnyLab } from '../../../backend/lab.js'
import type { State } from '../../../backend/lab-state.js'
import type { Runbook } from '../../explain/explanation.js'
import { byHand, moveOf } from './by-hand.js'
import type { RecoveryFacts } from './facts.js'

/** A command that helps. */
export interface NextCommand {
  /** Can be typed unchanged. */
  readonly command: string
  readonly does: string
  /** `--apply` runs it: it loses nothing that still exists, and finishes what was asked for before. */
  readonly apply?: 'up' | 'down'
}

export interface RecoveryPlan {
  /** What is true, in one sentence. */
  readonly verdict: string
  /** In the order to type them; empty: there is nothing to recover. */
  readonly next: readonly NextCommand[]
  /** The page to read if these commands are not enough. */
  readonly runbook?: Runbook
}

/** What to do about a lab, given the facts. Pure. */
export function planRecovery(facts: RecoveryFacts): RecoveryPlan {
  return planForLease(facts) ?? planForRecord(facts)
}

/** Do nothing while a command may be running. */
function planForLease({ lab, lease }: RecoveryFacts): RecoveryPlan | undefined {
  if (lease.kind === 'unreadable') {
    return {
      verdict: `The lease of ${lab} cannot be read, so it is unknown whether a command is running.`,
      next: [],
      runbook: 'stale-lease',
    }
  }
  if (lease.kind === 'free' || lease.takeover !== null) return undefined
  const { holder, command, expiresAt } = lease
  return {
    verdict: `${holder.user}@${holder.host} (pid ${holder.pid}) is running ${command} on ${lab}; unless renewed, its lease ends at ${expiresAt}.`,
    next: [
      { command: `distrolab lock status ${lab}`, does: 'shows how far it is; wait for it' },
      { command: `distrolab lock break ${lab}`, does: 'takes the lease from a command that hangs' },
    ],
    runbook: 'stale-lease',
  }
}

function planForRecord(facts: RecoveryFacts): RecoveryPlan {
  const { lab, record, elsewhere } = facts
  if (record.kind === 'unreadable') {
    const verdict = `The record of ${lab} cannot be read; what OpenTofu created can still be removed by hand.`
    const aside = {
      command: `${moveOf(record.place)} /tmp/${lab}-record.json`,
      does: 'moves the record aside; the name can then be used again',
    }
    return { verdict, next: [...byHand(facts), aside], runbook: 'corrupted-record' }
  }
  if (record.kind === 'absent' && isNothingThere(facts)) {
    return { verdict: `${lab} was never created; the command that started it has ended.`, next: [] }
  }
  if (record.kind === 'absent') {
    const verdict = `${lab} has no record, but parts of it exist.`
    return { verdict, next: byHand(facts), runbook: 'destroy-by-hand' }
  }
  if (elsewhere !== undefined) {
    const next = [{ command: `distrolab recover ${lab}`, does: `on ${elsewhere}` }]
    return { verdict: `The machines of ${lab} are on ${elsewhere}, not on this computer.`, next }
  }
  return (
    planForEngine(facts, record.lab) ?? planForExpired(facts, record.lab) ?? planForState(facts, record.lab)
  )
}

/**
 * Without its state the engine finds the machines again by their names, and `down` verifies with the
 * provider.
 */
function planForEngine({ lab, engine }: RecoveryFacts, known: AnyLab): RecoveryPlan | undefined {
  const { state } = engine
  const up = { command: `distrolab up ${lab}`, does: 'finds the machines again' }
  if ((state.kind !== 'unreadable' && state.kind !== 'refused') || engine.pid !== undefined) return undefined
  return {
    verdict:
      state.kind === 'refused'
        ? `distrolab did not write the OpenTofu state of ${lab}: it names ${state.problems.join(', ')}. Someone who can write to the backend may have: ask before you continue.`
        : `The OpenTofu state of ${lab} cannot be read: ${state.reason}.`,
    next: [
      { command: `${moveOf(state.place)} /tmp/${lab}-tofu.tfstate`, does: 'moves it aside' },
      ...(known.state.startsWith('destroy') ? [] : [up]),
      { command: `distrolab down ${lab}`, does: 'removes them' },
    ],
    runbook: state.kind === 'refused' ? 'refused-state' : 'corrupted-record',
  }
}

/** Its user decides whether it is kept or removed. A destruction that was begun is still finished. */
function planForExpired({ isExpired }: RecoveryFacts, known: AnyLab): RecoveryPlan | undefined {
  const { lab, state, expiresAt } = known
  if (!isExpired || state.startsWith('destroy')) return undefined
  return {
    verdict: `${lab} expired at ${expiresAt} and is ${state}${whyOf(known)}.`,
    next: [
      { command: `distrolab extend ${lab} && distrolab up ${lab}`, does: 'keeps it and continues' },
      { command: `distrolab down ${lab}`, does: 'removes it, as reap would' },
    ],
    runbook: 'stuck-state',
  }
}

const isNothingThere = ({ machines, engine }: RecoveryFacts): boolean =>
  machines.every(({ presence }) => presence === 'absent') &&
  (engine.state.kind === 'absent' ||
    (engine.state.kind === 'readable' && engine.state.resources.length === 0))

/** What an unfinished state was about, and which command finishes it. */
const unfinished: { readonly [S in State]?: { readonly what: string; readonly by: 'up' | 'down' } } = {
  provisioning: { what: 'Its creation did not finish', by: 'up' },
  'provision-failed': { what: 'Its creation failed', by: 'up' },
  provisioned: { what: 'It was created but not configured yet', by: 'up' },
  configuring: { what: 'Its configuration did not finish', by: 'up' },
  'configure-failed': { what: 'Its configuration failed', by: 'up' },
  swapping: { what: 'Its swap did not finish', by: 'up' },
  'swap-failed': { what: 'Its swap failed', by: 'up' },
  resetting: { what: 'Its reset did not finish', by: 'up' },
  'reset-failed': { what: 'Its reset failed', by: 'up' },
  'in-use': { what: 'The command that used it has ended', by: 'up' },
  destroying: { what: 'Its destruction did not finish', by: 'down' },
  'destroy-failed': { what: 'Its destruction failed', by: 'down' },
}

function planForState(facts: RecoveryFacts, lab: AnyLab): RecoveryPlan {
  const open = unfinished[lab.state]
  if (open !== undefined) {
    const goesOn = lab.state.startsWith('swap') ? `continues, with ${lab.distro}` : 'continues'
    const away = { command: `distrolab down ${lab.lab}`, does: 'removes it instead' }
    return {
      verdict: `${lab.lab} is ${lab.state}. ${open.what}${whyOf(lab)}.${strayText(facts)}`,
      next: open.by === 'up' ? [apply(lab, 'up', goesOn), away] : [apply(lab, 'down', 'finishes it')],
      runbook: 'stuck-state',
    }
  }
  return lab.state === 'destroyed' ? planForDestroyed(facts, lab) : planForReady(facts, lab)
}

function whyOf({ failure, step }: AnyLab): string {
  if (failure !== null)
    return ` at ${failure.step ?? 'its beginning'}: ${failure.message.split('\n')[0]?.replace(/\.$/, '')}`
  return step === null ? '' : `; it was at ${step.name}`
}

function planForDestroyed({ machines, engine, strays }: RecoveryFacts, lab: AnyLab): RecoveryPlan {
  const there = machines.filter(({ presence }) => presence !== 'absent').map(({ name }) => name)
  const left = strays.length > 0 ? strays : there
  const inState = engine.state.kind === 'readable' ? engine.state.resources : []
  if (left.length === 0) {
    const stale =
      inState.length === 0 ? '' : ' OpenTofu still lists what no longer exists; the next up corrects that.'
    return { verdict: `${lab.lab} is destroyed, and nothing of it is left.${stale}`, next: [] }
  }
  return {
    verdict: `${lab.lab} is destroyed, but ${left.join(', ')} still exists.`,
    next: [apply(lab, 'down', 'removes what is left')],
    runbook: 'destroy-by-hand',
  }
}

/** The next command that uses the engine imports it into the state, or removes it first. */
const strayText = ({ strays }: RecoveryFacts): string =>
  strays.length === 0
    ? ''
    : ` OpenTofu does not know ${strays.join(', ')}, which the cloud created for it; the next command that needs OpenTofu adopts that, or removes it and starts over.`

function planForReady(facts: RecoveryFacts, lab: AnyLab): RecoveryPlan {
  const { machines, strays } = facts
  const gone = machines.filter(({ presence }) => presence === 'absent' || presence === 'partial')
  const off = machines.filter(({ presence }) => presence === 'stopped')
  const silent = machines.filter(({ ssh }) => ssh !== undefined && ssh !== 'works')
  if (gone.length > 0) {
    const verdict = `${lab.lab} is recorded as ready, but ${namesOf(gone)} is gone with its disk.`
    return { verdict, next: [apply(lab, 'up', 'recreates it')], runbook: 'stuck-state' }
  }
  if (off.length > 0) {
    const verdict = `${lab.lab} is recorded as ready, but ${namesOf(off)} is off.`
    const start = { command: `distrolab start ${lab.lab}`, does: 'starts it, if it was stopped on purpose' }
    return {
      verdict,
      next: [apply(lab, 'up', 'starts it, and checks all of the lab'), start],
      runbook: 'stuck-state',
    }
  }
  if (silent.length > 0) {
    const verdict = `${lab.lab} is recorded as ready and its machines are running, but SSH on ${namesOf(silent)} ${silent[0]?.ssh}.`
    if (silent.some(({ isSilent }) => isSilent))
      return { verdict, next: wakingUp(lab), runbook: 'stuck-state' }
    return { verdict, next: [apply(lab, 'up', 'waits for it')], runbook: 'stuck-state' }
  }
  if (strays.length > 0) {
    const verdict = `${lab.lab} is ready, and so are its machines.${strayText(facts)}`
    return { verdict, next: [], runbook: 'stuck-state' }
  }
  return { verdict: `${lab.lab} is ready, and so are its machines.`, next: [] }
}

/**
 * From outside, no one can see whether it is only starting, and a reset loses everything since the baseline.
 */
const wakingUp = ({ lab }: AnyLab): readonly NextCommand[] => [
  { command: `distrolab up ${lab}`, does: 'waits for it, if it is still starting' },
  {
    command: `distrolab reset ${lab}`,
    does: 'takes it back to its baseline, if its sshd is off or was moved',
  },
]

const namesOf = (machines: readonly { readonly name: string }[]): string =>
  machines.map(({ name }) => name).join(', ')

const apply = ({ lab }: AnyLab, verb: 'up' | 'down', does: string): NextCommand => ({
  command: `distrolab ${verb} ${lab}`,
  does,
  apply: verb,
})
