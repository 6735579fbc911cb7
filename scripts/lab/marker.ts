import { randomUUID } from 'node:crypto'
import { requireForm } from '../../backend/forms.js'
import type { Machine } from '../../backend/record-schema.js'
import { LabError } from '../errors.js'
import type { Connection } from '../machine/connect.js'
import { runRemote } from '../machine/remote.js'
import type { Session } from './gate.js'

/**
 * A marker is a file that is put on a machine once its baseline is taken: a reset that brings the machine back takes it
 * away. It lies in the folder of the user's keys, which every machine has and few programs look into.
 */
const PREFIX = 'distrolab-marker-'
const FOLDER = '"$HOME"/.ssh'

/** With what the shell itself can do: every program more is felt on a machine without KVM. */
const plantText = (marker: string): string =>
  `[ -d ${FOLDER} ] || mkdir -m 700 ${FOLDER} && : >${pathOf(marker)}`

/** The shell reads it as it is. */
const pathOf = (marker: string): string => `${FOLDER}/${requireForm('marker', 'marker', marker)}`

/** Our own exit code for a marker that should be gone. */
const STILL_THERE = 33

/** Returns what the record keeps as the machine's marker: null where none could be written, which is said. */
export async function plantMarker(
  session: Session,
  machine: Machine,
  connection: Connection,
): Promise<string | null> {
  const marker = newMarker()
  const text = `rm -f ${FOLDER}/${PREFIX}*; ${plantText(marker)}`
  return outcome(session, machine, marker, await run(session, connection, text))
}

export const hasMarker = ({ marker = null }: Machine): boolean => marker !== null

/** The same, once the former marker is seen to be gone. Throws LabError reset-not-clean where it is not. */
export async function exchangeMarker(
  session: Session,
  machine: Machine,
  connection: Connection,
): Promise<string | null> {
  const { marker: former = null } = machine
  const marker = newMarker()
  const isGone = former === null ? '' : `[ ! -e ${pathOf(former)} ] || exit ${STILL_THERE}; `
  const code = await run(session, connection, isGone + plantText(marker))
  if (code === STILL_THERE)
    throw new LabError({ code: 'reset-not-clean', lab: session.lab, machine: machine.name })
  return outcome(session, machine, marker, code)
}

const newMarker = (): string => PREFIX + randomUUID()

const run = ({ signal }: Session, connection: Connection, command: string): Promise<number> =>
  runRemote(connection, command, { signal })

function outcome(
  { context, lab, log }: Session,
  { name }: Machine,
  marker: string,
  code: number,
): string | null {
  if (code === 0) return marker
  log.warn('no marker could be written', { machine: name, code })
  context.progress.say(`${lab}/${name}: cannot write the marker file, so the reset cannot be verified`)
  return null
}
