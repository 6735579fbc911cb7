import type { AnyLab } from '../../../backend/lab.js'
import { type Pair, pairOf } from '../../../local-vm/network/pairs.js'
import type { Context } from '../../context.js'
import { LabError } from '../../errors.js'
import { assertNotBeingDestroyed } from '../../lab/expiry.js'
import { throughGate, type Session } from '../../lab/gate.js'
import { assertInReach } from '../../lab/in-reach.js'
import { assertNotDestroyed, labNameOf, machineOf, requireLab } from '../../lab/target.js'
import type { PrivateNetwork } from '../../providers/provider.js'
import { providerOf } from '../../providers/registry.js'

export interface NetworkSession {
  readonly session: Session
  readonly lab: AnyLab
  readonly network: PrivateNetwork
}

/**
 * Runs `action` on a lab's private network, under the lease. `check` refuses what the command cannot do,
 * before the lease is taken and again under it. Throws LabError network-of-cloud or network-absent.
 */
export async function onNetwork<T>(
  context: Context,
  positional: string | undefined,
  command: string,
  check: (lab: AnyLab) => void,
  action: (network: NetworkSession) => Promise<T>,
): Promise<T> {
  const name = labNameOf(context, positional)
  const known = await requireLab(context, name)
  await networkOf(known)
  check(known)
  await assertInReach(context, known)
  return throughGate(context, name, command, async (session) => {
    const lab = session.writer.lab ?? known
    const network = await networkOf(lab)
    check(lab)
    const result = await action({ session, lab, network })
    await session.writer.finish()
    return result
  })
}

async function networkOf(lab: AnyLab): Promise<PrivateNetwork> {
  assertNotDestroyed(lab)
  assertNotBeingDestroyed(lab)
  const { network } = await providerOf(lab.provider)
  if (network === undefined)
    throw new LabError({ code: 'network-of-cloud', lab: lab.lab, provider: lab.provider })
  if (!network.has(lab)) throw new LabError({ code: 'network-absent', lab: lab.lab, profile: lab.profile })
  return network
}

/** Throws LabError machine-unknown, or usage. */
export function pairIn(lab: AnyLab, command: string, words: MachineWords): Pair {
  const [from, to] = [machineOf(lab, words.from).name, machineOf(lab, words.to).name]
  if (from === to)
    throw new LabError({ code: 'usage', command, problem: `Name two machines, not ${from} twice.` })
  return pairOf(from, to)
}

export interface MachineWords {
  readonly from: string
  readonly to: string
}

export const pairText = ([one, other]: Pair): string => `${one} and ${other}`

/** In the history and the log of the lab, before it is done. */
export async function tell({ session, lab }: NetworkSession, text: string): Promise<void> {
  await session.writer.note(text)
  session.log.info(text, { lab: lab.lab })
}

/** Returns all pairs that are separated then. */
export const sever = ({ network, lab }: NetworkSession, pair: Pair): Promise<readonly Pair[]> =>
  network.sever(lab, pair)
