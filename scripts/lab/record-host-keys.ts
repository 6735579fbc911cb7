import type { MakerProvider } from '../providers/provider.js'
import type { Session } from './gate.js'

/** Pins the host keys that the provider has given to new machines, so that the first contact proves whose they are. */
export async function recordHostKeys({ context, writer }: Session, maker: MakerProvider): Promise<void> {
  for (const machine of writer.lab?.machines ?? []) {
    if (machine.hostKey !== null) continue
    const { hostKey, remark } = (await maker.made?.(machine)) ?? {}
    if (remark !== undefined) context.progress.say(`${writer.lab?.lab}/${machine.name}: ${remark}`)
    if (hostKey !== undefined) await writer.updateMachine(machine.name, { hostKey })
  }
}
