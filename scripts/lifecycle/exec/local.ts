import { locationUrl } from '../../../backend/location.js'
import { formatLeaseTokens } from '../../../backend/lease-token.js'
import { LabError } from '../../errors.js'
import { runJoined, RunError } from '../../run.js'
import { TimeOverError } from '../../time-limit.js'
import { timeoutOf, type RemoteRequest } from './remote.js'
import type { Session } from '../../lab/gate.js'
import { lentTokens } from '../../lab/lent-leases.js'

/** A shell's exit code for a program that does not exist. */
const NOT_STARTED = 127

/**
 * Runs a command on this computer and lends it the lease: every distrolab command in it passes the gate of
 * this lab without waiting. As on a machine, a single word is a command line for the shell.
 */
export async function runLocal(
  { context, lab, lease, signal }: Session,
  request: Pick<RemoteRequest, 'words' | 'variables' | 'timeLimitMs' | 'streams'>,
): Promise<number> {
  const { location, space, interrupt } = context
  const others = lentTokens(context).filter((token) => token.lab !== lab)
  const ours = { lab, fence: lease.fence, backend: space.backendId, lender: process.pid }
  const [program = '', ...args] = request.words.length === 1 ? ['sh', '-c', ...request.words] : request.words
  const done = interrupt.waitingFor('the command to end')
  try {
    return await runJoined(program, args, {
      ...request.streams,
      // However the backend was chosen here, the command must use the same one.
      env: {
        ...request.variables,
        DISTROLAB_LEASE: formatLeaseTokens([...others, ours]),
        DISTROLAB_BACKEND: locationUrl(location),
      },
      signal,
      timeLimitMs: request.timeLimitMs,
      stopWith: (reason) =>
        reason instanceof LabError && reason.fault.code === 'interrupted' ? reason.fault.signal : 'SIGTERM',
    })
  } catch (error) {
    if (error instanceof TimeOverError) throw timeoutOf(lab, 'this computer', request.timeLimitMs)
    if (!(error instanceof RunError && error.failure.kind === 'spawn-failed')) throw error
    request.streams.onStderr?.(Buffer.from(`${program}: ${error.failure.reason}\n`))
    return NOT_STARTED
  } finally {
    done()
  }
}
