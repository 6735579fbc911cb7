import { runbookCommand } from '../explain/explanation.js'
import type { Recovery } from '../lifecycle/recover/recover.js'
import type { RecoveryFacts } from '../lifecycle/recover/facts.js'
import { asTyped } from './as-typed.js'
import { inOneLineEach } from './printable.js'
import { renderTable } from './table.js'

/** The facts as a table, the verdict, and below it the commands to type. */
export function renderRecovery(recovery: Recovery, viaNpm: boolean): string {
  const { verdict, next, runbook, applied } = inOneLineEach(recovery)
  const { facts } = recovery
  const rows = [
    ['record', recordText(facts)],
    ['lease', leaseText(facts)],
    ['engine', engineText(facts)],
    ...(facts.strays.length === 0 ? [] : [['unknown to OpenTofu', facts.strays.join(', ')]]),
    ...facts.machines.map(({ name, presence, ssh }) => [
      `machine ${name}`,
      ssh === undefined ? presence : `${presence}; SSH ${ssh}`,
    ]),
  ]
  return [
    ...applied.map(({ command }) => `Done: ${asTyped(command, viaNpm)}`),
    renderTable([facts.lab, 'what exists'], rows),
    verdict,
    ...next.map(({ command, does }) => `  ${asTyped(command, viaNpm)}    # ${does}`),
    ...(next.some((one) => one.apply !== undefined)
      ? [`  ${asTyped(`distrolab recover ${facts.lab} --apply`, viaNpm)}    # the first of these`]
      : []),
    ...(runbook === undefined ? [] : [`More: ${asTyped(runbookCommand(runbook), viaNpm)}`]),
  ].join('\n')
}

/** What `-o json` prints; `safe` commands are those that `--apply` runs. */
export function recoveryDocument(recovery: Recovery, viaNpm: boolean): object {
  const { facts, verdict, next, runbook, applied } = recovery
  const { record, engine } = facts
  const state = record.kind === 'readable' ? record.lab.state : null
  const typed = (command: string): string => asTyped(command, viaNpm)
  return {
    lab: facts.lab,
    state,
    verdict,
    runbook: runbook ?? null,
    record:
      record.kind === 'readable'
        ? {
            kind: record.kind,
            step: record.lab.step,
            failure: record.lab.failure,
            command: record.lab.command,
          }
        : record,
    lease: facts.lease,
    engine: { ...engine, lock: engine.lock ?? null, pid: engine.pid ?? null },
    strays: facts.strays,
    machines: facts.machines.map((machine) => ({ ...machine, ssh: machine.ssh ?? null })),
    next: next.map(({ command, does, apply }) => ({
      command: typed(command),
      does,
      safe: apply !== undefined,
    })),
    applied: applied.map(({ command }) => typed(command)),
  }
}

function recordText({ record }: RecoveryFacts): string {
  if (record.kind === 'absent') return 'none'
  if (record.kind === 'unreadable') return `cannot be read: ${record.problems.join('; ')}`
  const { state, stateSince, command, step } = record.lab
  const doing = command === null ? '' : `, ${command.name}${step === null ? '' : ` at ${step.name}`}`
  return `${state} since ${stateSince}${doing}`
}

function leaseText({ lease }: RecoveryFacts): string {
  if (lease.kind === 'free') return 'free'
  if (lease.kind === 'unreadable') return `cannot be read: ${lease.problems.join('; ')}`
  const { holder, command, since, takeover } = lease
  const proof = { 'holder-dead': 'its process is dead', expired: 'it has expired' }
  const who = `${command} of ${holder.user}@${holder.host} (pid ${holder.pid}) since ${since}`
  return takeover === null ? `held by ${who}` : `left by ${who}: ${proof[takeover]}`
}

function engineText({ engine }: RecoveryFacts): string {
  const { state, lock, pid } = engine
  return [
    ...(pid === undefined ? [] : [`still running as pid ${pid}, the next command waits for it`]),
    stateText(state),
    ...(lock === undefined ? [] : [`lock ${lock.id} of ${lock.who} since ${lock.created}`]),
  ].join('; ')
}

function stateText(state: RecoveryFacts['engine']['state']): string {
  if (state.kind === 'absent') return 'has created nothing'
  if (state.kind === 'encrypted') return 'has an encrypted state'
  if (state.kind === 'unreadable') return `its state cannot be read: ${state.reason}`
  if (state.kind === 'refused')
    return `distrolab did not write its state: it names ${state.problems.join(', ')}`
  return state.resources.length === 0 ? 'has nothing left' : `has created ${state.resources.join(', ')}`
}
