import { machineFiles, type MachineFiles } from '../files.js'
import { presenceOf } from '../machine/presence.js'
import type { MachineKey } from '../protocol.js'
import { findQemu } from './process.js'
import { QmpSession } from './qmp.js'

/** QEMU's words for the state of its machine (RunState in its qapi/run-state.json). */
const RUN_STATES = [
  ...([
    'running',
    'paused',
    'io-error',
    'internal-error',
    'guest-panicked',
    'shutdown',
    'suspended',
  ] as const),
  ...(['debug', 'inmigrate', 'postmigrate', 'prelaunch', 'finish-migrate', 'restore-vm', 'save-vm'] as const),
  ...(['watchdog', 'colo'] as const),
]
export type RunState = (typeof RUN_STATES)[number]

/** `unknown`: a QEMU runs but does not say in time what its guest is doing. */
export type Power = RunState | 'unknown' | 'off' | 'absent'

/** One hanging machine must not delay a list of many. */
const LOOK_MS = 1_000

/** What a machine is doing right now. Only looks, for about a second at most. */
export async function powerOf({ id, directory }: MachineKey): Promise<Power> {
  const files = machineFiles(id, directory)
  if ((await findQemu(id, files)).length > 0) return runStateOf(files)
  return (await presenceOf(files)) === 'whole' ? 'off' : 'absent'
}

export async function runStateOf({ directory }: MachineFiles): Promise<RunState | 'unknown'> {
  const ask = (session: QmpSession): Promise<RunState | 'unknown'> =>
    askRunState(session).catch(() => 'unknown' as const)
  return (await QmpSession.with(directory, ask, LOOK_MS)) ?? 'unknown'
}

/** Throws QmpFailure. */
export async function askRunState(session: QmpSession): Promise<RunState | 'unknown'> {
  const answer = await session.execute('query-status')
  const status = typeof answer === 'object' && answer !== null && 'status' in answer ? answer.status : ''
  return RUN_STATES.find((known) => known === status) ?? 'unknown'
}
