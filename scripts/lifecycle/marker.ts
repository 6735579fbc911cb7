import { randomUUID } from 'node:crypto'
import type { AnyLab } from '../../backend/lab.js'
import { LabError } from '../errors.js'
import { connectOnce, SshError, type Connection } from '../machine/connect.js'
import { runRemote } from '../machine/remote.js'
import type { Session } from './gate.js'
import type { Work } from './make-machines.js'
import { targetOf } from './reach.js'

/** A file in the user's home that a reset must take away: the proof that the machines went back. */
export interface Marker {
  readonly file: string
  /** The machines that have it; what can't be reached any more is all the more in need of a reset. */
  readonly machines: ReadonlySet<string>
}

/** A machine that is well answers in this time, also without KVM. */
const TIMEOUTS = { banner: 5_000, login: 15_000 }

export async function plantMarker({ session, plan }: Work, lab: AnyLab): Promise<Marker> {
  const { context, signal } = session
  const file = `.distrolab-reset-${randomUUID()}`
  const machines = new Set<string>()
  for (const machine of lab.machines) {
    try {
      const target = targetOf(context, lab, machine, plan.identity)
      const connection = await connectOnce(target, TIMEOUTS, signal)
      const code = await runRemote(connection, `: >"$HOME/${file}"`, { signal }).finally(() =>
        connection.end(),
      )
      if (code === 0) machines.add(machine.name)
      else sayUnmarked(session, machine.name, `writing a file there ended with ${code}`)
    } catch (error) {
      if (!isUnreachable(error)) throw error
      sayUnmarked(session, machine.name, error.message)
    }
  }
  return { file, machines }
}

function sayUnmarked({ context, lab, log }: Session, machine: string, reason: string): void {
  log.warn('no marker could be written', { machine, reason })
  context.progress.say(`${lab}/${machine} takes no file any more: that it goes back can't be verified by one`)
}

/** One that shows another host key, too, has only to go back. */
const isUnreachable = (error: unknown): error is Error =>
  error instanceof SshError || (error instanceof LabError && error.fault.code === 'host-key-changed')

/** Throws LabError reset-not-clean where the marker is still there. */
export async function verifyMarkerGone(
  { session }: Work,
  marker: Marker,
  names: readonly string[],
  connections: readonly Connection[],
): Promise<void> {
  const { lab, signal } = session
  for (const [index, name] of names.entries()) {
    const connection = connections[index]
    if (!marker.machines.has(name) || connection === undefined) continue
    const code = await runRemote(connection, `test ! -e "$HOME/${marker.file}"`, { signal })
    if (code !== 0) throw new LabError({ code: 'reset-not-clean', lab, machine: name })
  }
}
