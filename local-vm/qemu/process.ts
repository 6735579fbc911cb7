import { setTimeout as sleep } from 'node:timers/promises'
import type { MachineFiles } from '../files.js'
import { areGone, findProcesses, type FoundProcess, killProcesses } from '../machine/process-table.js'
import type { Accelerator } from '../protocol.js'
import { QmpSession } from './qmp.js'

/** A QEMU proven to be the machine's: first by its command line, later by pid and start time. */
export interface QemuProcess extends FoundProcess {
  readonly accelerator: Accelerator
  readonly port: number | undefined
}

/**
 * The machine's QEMU processes: those with the machine's name and pid file on their command line. There is
 * more than one only while a QEMU is daemonising.
 */
export async function findQemu(id: string, files: MachineFiles): Promise<QemuProcess[]> {
  const found = await findProcesses((words) => isQemuOf(id, files, words), files.pid)
  return found.map((one) => ({ ...one, accelerator: acceleratorOf(one.words), port: portOf(one.words) }))
}

/** Whether this is the command line of the machine's QEMU. */
export const isQemuOf = (id: string, files: MachineFiles, words: readonly string[]): boolean =>
  valueOf(words, '-name') === id && valueOf(words, '-pidfile') === files.pid

function acceleratorOf(words: readonly string[]): Accelerator {
  const word = valueOf(words, '-accel')?.split(',')[0]
  return word === 'kvm' || word === 'hvf' ? word : 'tcg'
}

function portOf(words: readonly string[]): number | undefined {
  const port = /hostfwd=tcp:127\.0\.0\.1:(\d+)-/.exec(words.join(' '))?.[1]
  return port === undefined ? undefined : Number(port)
}

function valueOf(words: readonly string[], option: string): string | undefined {
  const position = words.indexOf(option)
  return position < 0 ? undefined : words[position + 1]
}

/** The QEMU that answers on the machine's socket; waits up to `timeoutMs` for it to come up. */
export async function findAnswering(
  id: string,
  files: MachineFiles,
  timeoutMs: number,
): Promise<QemuProcess | undefined> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const found = await findQemu(id, files)
    const [only] = found
    if (only === undefined) return undefined
    const answer = await QmpSession.with(files.directory, (session) => session.execute('query-status'))
    if (answer !== undefined && found.length === 1) return only
    if (performance.now() > deadline) return undefined
    await sleep(100)
  }
}

/** Enough for a Debian guest without KVM to unmount its disks. */
export const POWERDOWN_GRACE_MS = 20_000
const QUIT_WAIT_MS = 5_000

/**
 * Ends the machine's processes: a powerdown for which the guest has `graceMs` (0: none), then QMP `quit`,
 * then SIGKILL to those that are still proven to be ours.
 */
export async function stopQemu(id: string, files: MachineFiles, graceMs: number): Promise<void> {
  const found = await findQemu(id, files)
  if (found.length === 0) return
  if (graceMs > 0 && (await tell(files, 'system_powerdown')) && (await areGone(found, graceMs))) return
  if ((await tell(files, 'quit')) && (await areGone(found, QUIT_WAIT_MS))) return
  await killProcesses(found)
}

/** `quit` may close the connection before it answers. */
async function tell(files: MachineFiles, command: string): Promise<boolean> {
  const asked = await QmpSession.with(files.directory, async (session) => {
    await session.execute(command).catch(() => undefined)
    return true
  })
  return asked === true
}
