import type { AnyLab } from '../../../backend/lab.js'
import type { Context } from '../../context.js'
import { connectToLab, KNOWN_TO_BE_UP } from '../../lab/connect-lab.js'
import type { Session } from '../../lab/gate.js'
import { mendClock } from '../../lab/guest-clock.js'
import { assertHere } from '../../lab/here.js'
import { requireIdentity, targetOf } from '../../lab/reach.js'
import { labNameOf, machineOf, requireLab } from '../../lab/target.js'
import { assertUsable, useLab } from '../../lab/use-lab.js'
import { assertSourcesExist } from '../exec/flags.js'
import { execPart } from '../exec/part.js'
import { transfer, type Transferring } from '../exec/transfer.js'
import { exclusion } from './exclude.js'
import { parseCopy, type Copy } from './operands.js'

export interface CopyRequest {
  readonly source: string | undefined
  readonly target: string | undefined
  readonly machine: string | undefined
  readonly exclude: readonly string[]
}

export interface CopyResult {
  readonly lab: string
  readonly machine: string
  readonly direction: 'to-lab' | 'from-lab'
  readonly from: string
  readonly to: string
  /** Files and links; folders do not count. */
  readonly files: number
}

/** Copies to a lab under its lease, because that changes it; copying from one needs none. */
export async function copy(context: Context, request: CopyRequest): Promise<CopyResult> {
  const wanted = parseCopy(request.source, request.target)
  const name = labNameOf(context, wanted.lab)
  const { flag, from } = wanted.transfer
  if (flag === '--copy') await assertSourcesExist([wanted.transfer], 'cp')
  const known = await requireLab(context, name)
  assertUsable(known)
  assertHere(context, known)
  const isExcluded = exclusion(from, request.exclude)
  if (flag === '--fetch') return reachAndCopy(context, known, { ...request, wanted, isExcluded })
  return useLab(context, name, 'cp', async (session, lab) => {
    const { context: own } = session
    await requireIdentity(own, lab)
    machineOf(lab, request.machine)
    return () => reachAndCopy(own, lab, { ...request, wanted, isExcluded }, session)
  })
}

interface Work extends Pick<CopyRequest, 'machine'> {
  readonly wanted: Copy
  readonly isExcluded: (path: string) => boolean
}

async function reachAndCopy(
  context: Context,
  lab: AnyLab,
  { machine: named, wanted, isExcluded }: Work,
  session?: Session,
): Promise<CopyResult> {
  const machine = machineOf(lab, named)
  const identity = await requireIdentity(context, lab)
  const target = targetOf(context, lab, machine, identity)
  const signal = session?.signal ?? context.interrupt.signal
  const connect = () => connectToLab(lab, target, KNOWN_TO_BE_UP, signal)
  const connection = await (session === undefined ? connect() : execPart(session, 'connect', connect))
  let files = 0
  const at: Transferring = {
    context,
    lab: lab.lab,
    machine,
    connection,
    signal,
    isExcluded,
    by: 'cp',
    ...(session === undefined ? {} : { log: session.log }),
    onCopied: () => void files++,
  }
  try {
    if (session !== undefined) await mendClock(session, lab, machine, connection)
    const carry = () => transfer(at, wanted.transfer)
    await (session === undefined ? carry() : execPart(session, 'copy', carry))
  } catch (error) {
    if (signal.aborted) context.progress.say(partText(files, wanted.transfer.to))
    throw error
  } finally {
    connection.end()
  }
  const { flag, from, to } = wanted.transfer
  const direction = flag === '--copy' ? 'to-lab' : 'from-lab'
  return { lab: lab.lab, machine: machine.name, direction, from, to, files }
}

const partText = (files: number, to: string): string =>
  `cp: ${files} ${files === 1 ? 'file was' : 'files were'} already complete at ${to}; the unfinished ones were removed. The same command copies everything again.`
