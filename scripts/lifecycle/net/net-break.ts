import type { Pair } from '../../../local-vm/network/pairs.js'
import type { Context } from '../../context.js'
import { type MachineWords, onNetwork, pairIn, pairText, sever, tell } from './network-of.js'

export interface NetBreak {
  readonly lab: string
  /** The pair that this command separated. */
  readonly pair: Pair
  /** All pairs that are separated now. */
  readonly broken: readonly Pair[]
}

/** Separates two machines of a lab in its private network, and no others; SSH from here is not affected. */
export const netBreak = (
  context: Context,
  positional: string | undefined,
  words: MachineWords,
): Promise<NetBreak> =>
  onNetwork(
    context,
    positional,
    'net break',
    (lab) => void pairIn(lab, 'net break', words),
    async (on) => {
      const pair = pairIn(on.lab, 'net break', words)
      await tell(on, `separated ${pairText(pair)}`)
      return { lab: on.lab.lab, pair, broken: await sever(on, pair) }
    },
  )
