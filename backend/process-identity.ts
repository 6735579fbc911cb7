import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { sendSignal } from './send-signal.js'
import { isErrno } from './system-error.js'

/**
 * Identifies a process beyond its pid: pids are reused, so a pid alone proves nothing.
 *
 * `host` is the computer's name for people. Names repeat (`localhost`, CI runners), so `boot` makes the
 * proof: boot id / pid namespace / hashed machine id on Linux (proc_sys_kernel(5), pid_namespaces(7),
 * machine-id(5)); empty if the system has none, and then nothing can be proven. `startTime` is in clock ticks
 * since boot (proc_pid_stat(5), field 22); empty if unknown.
 */
export interface ProcessIdentity {
  readonly host: string
  readonly boot: string
  readonly pid: number
  readonly startTime: string
}

/** `unknown`: this computer cannot tell, so nothing may be taken from that process. */
export type Liveness = 'alive' | 'dead' | 'unknown'

let current: ProcessIdentity | undefined

export function currentProcess(): ProcessIdentity {
  current ??= identifyProcess(process.pid)
  return current ?? { host: hostname(), boot: bootId(), pid: process.pid, startTime: '' }
}

/** The identity of a process of this computer; undefined if no such process runs. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  if (!isRunning(pid)) return undefined
  return { host: hostname(), boot: bootId(), pid, startTime: startTimeOf(pid) }
}

/** Proves whether a process is still alive, which only the same boot of the same computer can do. */
export function livenessOf(identity: ProcessIdentity): Liveness {
  if (identity.boot === '' || identity.host !== hostname() || identity.boot !== bootId()) return 'unknown'
  if (!isRunning(identity.pid)) return 'dead'
  const startTime = startTimeOf(identity.pid)
  if (startTime !== '' && identity.startTime !== '')
    return startTime === identity.startTime ? 'alive' : 'dead'
  // The process just ended, or is hidden from us (mount option hidepid); only the first is a proof.
  return isRunning(identity.pid) ? 'unknown' : 'dead'
}

/** The number of the initial pid namespace, the same on every Linux (include/linux/proc_ns.h). */
const initialPidNamespace = 'pid:[4026531836]'

/**
 * The same computer, but restarted since: every process from before is gone. Containers cannot prove this:
 * their names, namespaces and machine ids may all repeat on another computer.
 */
export function isFromEarlierBoot(identity: ProcessIdentity): boolean {
  const [boot, namespace, machine] = identity.boot.split('/')
  const [ourBoot, ourNamespace, ourMachine] = bootId().split('/')
  return (
    identity.host === hostname() &&
    namespace === initialPidNamespace &&
    ourNamespace === initialPidNamespace &&
    machine !== undefined &&
    machine !== '' &&
    machine === ourMachine &&
    boot !== ourBoot
  )
}

function isRunning(pid: number): boolean {
  try {
    if (!sendSignal(pid, 0)) return false
  } catch (error) {
    if (!isErrno(error, 'EPERM')) return false
  }
  return !isEnded(pid)
}

/** Fields of /proc/PID/stat after the parenthesised command name, which may itself hold spaces. */
function statFields(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

/**
 * A killed process is a zombie before its last thread ends, and holds files and ports until then;
 * proc_pid_stat(5).
 */
function isEnded(pid: number): boolean {
  const { 0: state, 17: threads } = statFields(pid)
  return state === 'Z' && Number(threads) <= 1
}

const startTimeOf = (pid: number): string => statFields(pid)[19] ?? ''

let cachedBootId: string | undefined

function bootId(): string {
  cachedBootId ??= readBootId()
  return cachedBootId
}

function readBootId(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot}/${readlinkSync('/proc/self/ns/pid')}/${hashedMachineId()}`
  } catch {
    return ''
  }
}

/** machine-id(5) asks not to reveal the id itself. */
function hashedMachineId(): string {
  try {
    const id = readFileSync('/etc/machine-id', 'utf8').trim()
    return id === '' ? '' : createHash('sha256').update(`distrolab ${id}`).digest('hex').slice(0, 16)
  } catch {
    return ''
  }
}
