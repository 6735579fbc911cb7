import { randomUUID } from 'node:crypto'
import { requireForm } from '../../backend/forms.js'
import type { Machine } from '../../backend/record-schema.js'
import { LabError } from '../errors.js'
import type { Connection } from '../machine/connect.js'
import { runShort } from '../machine/short-command.js'
import type { Session } from './gate.js'

/**
 * A marker is a file that is written on a machine after its baseline is taken: a reset that works removes it.
 * It is in the folder of the user's keys, which every machine has and few programs look into.
 */
const PREFIX = 'distrolab-marker-'
const FOLDER = '"$HOME"/.ssh'

/** Uses only shell built-ins: every extra program costs noticeable time without KVM. */
const plantText = (marker: string): string =>
  `[ -d ${FOLDER} ] || mkdir -m 700 ${FOLDER} && : >${pathOf(marker)}`

/** The shell reads it as it is. */
const pathOf = (marker: string): string => `${FOLDER}/${requireForm('marker', 'marker', marker)}`

/** Our own exit code for a marker that should be gone. */
const STILL_THERE = 33

/** Returns the record's value for the machine's marker: null if none could be written, which it reports. */
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

/** The same, after checking that the former marker is gone. Throws LabError reset-not-clean if it is not. */
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

const run = async ({ signal }: Session, connection: Connection, command: string): Promise<number> =>
  (await runShort(connection, command, signal)).exitCode

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
