import prettyBytes from 'pretty-bytes'
import type { NetBreak } from '../lifecycle/net/net-break.js'
import type { NetCapture } from '../lifecycle/net/net-capture.js'
import type { NetHeal } from '../lifecycle/net/net-heal.js'
import type { Pair } from '../../local-vm/network/pairs.js'
import { typed } from './typed.js'

const listed = (pairs: readonly Pair[]): string => pairs.map((pair) => pair.join(' and ')).join(', ')

export function renderBroken({ lab, pair, broken }: NetBreak): string {
  const others = broken.filter((other) => other.join() !== pair.join())
  const rest = others.length === 0 ? [] : [`Also separated: ${listed(others)}.`]
  return [
    `In ${lab}, ${pair.join(' and ')} no longer reach each other.`,
    ...rest,
    typed`To connect them again: distrolab net heal ${lab}`,
  ].join('\n')
}

export function renderHealed({ lab, healed, broken }: NetHeal): string {
  const done =
    healed.length === 0
      ? `In ${lab}, nothing had to be connected again.`
      : `In ${lab}, these reach each other again: ${listed(healed)}.`
  return broken.length === 0 ? done : `${done}\nStill separated: ${listed(broken)}.`
}

const REASONS = {
  size: 'it reached its largest size',
  time: 'it reached its time limit',
  interrupt: 'it was interrupted',
} as const satisfies Record<NetCapture['ended'], string>

export const renderCapture = ({ file, bytes, ended }: NetCapture): string =>
  [`The capture ended because ${REASONS[ended]}: ${prettyBytes(bytes)}.`, typed`tcpdump -r ${file}`].join(
    '\n',
  )
