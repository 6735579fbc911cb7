import type { AnyLab } from '../../../backend/lab.js'
import { type Pair, withoutPair } from '../../../local-vm/network/pairs.js'
import type { Context } from '../../context.js'
import type { Session } from '../../lab/gate.js'
import { providerOf } from '../../providers/registry.js'
import { type MachineWords, type NetworkSession, onNetwork, pairIn, pairText, tell } from './network-of.js'

export interface NetHeal {
  readonly lab: string
  /** The pairs that this command connected again. */
  readonly healed: readonly Pair[]
  /** All pairs that are still separated. */
  readonly broken: readonly Pair[]
}

/** Connects two machines again; without words, all machines of the lab. */
export const netHeal = (
  context: Context,
  positional: string | undefined,
  words: MachineWords | undefined,
): Promise<NetHeal> =>
  onNetwork(
    context,
    positional,
    'net heal',
    (lab) => void (words && pairIn(lab, 'net heal', words)),
    (on) => heal(on, words && pairIn(on.lab, 'net heal', words)),
  )

async function heal(on: NetworkSession, only: Pair | undefined): Promise<NetHeal> {
  const { lab, network } = on
  const broken = await network.broken(lab)
  const isWanted = (pair: Pair): boolean => only === undefined || withoutPair([pair], only).length === 0
  const healed = broken.filter(isWanted)
  if (healed.length === 0) return { lab: lab.lab, healed, broken }
  await tell(on, `connected ${healed.map(pairText).join(', ')} again`)
  return { lab: lab.lab, healed, broken: await network.heal(lab, healed) }
}

/** The network is part of the baseline: no machines are separated in it. */
export async function healNetwork(session: Session, lab: AnyLab): Promise<void> {
  const { network } = await providerOf(lab.provider)
  if (network?.has(lab) === true) await heal({ session, lab, network }, undefined)
}
