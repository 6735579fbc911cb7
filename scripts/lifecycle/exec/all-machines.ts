import type { Lab } from '../../../backend/lab.js'
import { onMachine, type RemoteRequest, type Streams } from './remote.js'
import type { Session } from '../../lab/gate.js'

export interface MachineEnd {
  readonly name: string
  readonly exitCode: number
}

/** Where the output of each machine goes; its `end` is called once with all of it. */
export interface StreamsOfAll {
  readonly streamsOf: (machine: string) => Streams
  readonly onEnd: (end: MachineEnd) => void
}

/**
 * As `onMachine`, for all machines of a lab at the same time: none is left out for another's failure. The exit code is 0 if
 * all are, else the first other one in the lab's order. A machine that was lost throws, once all have ended.
 */
export async function onAllMachines(
  session: Session,
  lab: Lab<'ready' | 'in-use'>,
  request: RemoteRequest,
  { streamsOf, onEnd }: StreamsOfAll,
): Promise<() => Promise<number>> {
  const uses = await Promise.all(
    lab.machines.map(async ({ name }) => {
      const use = await onMachine(session, lab, { ...request, machine: name, streams: streamsOf(name) })
      return { name, use }
    }),
  )
  return async () => {
    const ended = await Promise.allSettled(
      uses.map(async ({ name, use }) => {
        const exitCode = await use()
        onEnd({ name, exitCode })
        return exitCode
      }),
    )
    const lost = ended.find((each) => each.status === 'rejected')
    if (lost !== undefined) throw lost.reason
    return ended.map((each) => (each.status === 'fulfilled' ? each.value : 0)).find((code) => code !== 0) ?? 0
  }
}
