import type { Context } from '../context.js'
import { onEachMachine } from '../each-machine.js'
import { LabError } from '../errors.js'
import { throughGate, endAbandonedUse } from '../lab/gate.js'
import { assertInReach } from '../lab/in-reach.js'
import { presenceOf } from '../lab/presences.js'
import { stopSteps } from '../lab/step-lists.js'
import { Steps } from '../lab/steps.js'
import { labNameOf, machinesOf, requireLab } from '../lab/target.js'
import { requireStopping } from '../providers/maker.js'
import { providerOf } from '../providers/registry.js'
import { assertUsable } from '../lab/use-lab.js'

export interface StopResult {
  readonly lab: string
  readonly machines: readonly { readonly name: string; readonly was: 'running' | 'stopped' | 'absent' }[]
  /** What still costs, in a sentence. */
  readonly bill: string
  readonly expiresAt: string | null
}

/** Shuts machines down and keeps their disks; the record stays `ready`, and the TTL runs on. */
export async function stop(
  context: Context,
  positional: string | undefined,
  named: string | undefined,
): Promise<StopResult> {
  const name = labNameOf(context, positional)
  const known = await requireLab(context, name)
  const hooks = requireStopping(await providerOf(known.provider), known, 'stop')
  assertUsable(known)
  await assertInReach(context, known)
  return throughGate(context, name, 'stop', async (session) => {
    const lab = (await endAbandonedUse(session)) ?? known
    assertUsable(lab)
    const reason = hooks.stopping.refusal(lab)
    if (reason !== undefined)
      throw new LabError({ code: 'stop-refused', lab: name, provider: lab.provider, reason })
    const { signal, writer } = session
    const machines = await new Steps(session, stopSteps).run('stop', (detail) =>
      onEachMachine(machinesOf(lab, named), { signal, detail }, async (machine, step) => {
        const presence = await presenceOf(hooks, lab, machine)
        if (presence === 'running') await hooks.stopping.stop(lab, machine, step)
        return { name: machine.name, was: presence === 'partial' ? ('stopped' as const) : presence }
      }),
    )
    const stopped = machines.filter(({ was }) => was === 'running').map((each) => each.name)
    if (stopped.length > 0) await writer.note(`stopped ${stopped.join(', ')}`)
    await writer.finish()
    return { lab: name, machines, bill: hooks.stopping.bill, expiresAt: lab.expiresAt }
  })
}
