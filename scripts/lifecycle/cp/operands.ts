import { LabError } from '../../errors.js'
import type { Transfer } from '../../machine/transfer.js'
import { belowHome } from '../exec/flags.js'

/** What `cp` copies: between this computer and the lab of one of its two operands. */
export interface Copy {
  readonly lab: string
  readonly transfer: Transfer
}

const usage = (problem: string): LabError => new LabError({ code: 'usage', command: 'cp', problem })

/** As scp has it: a colon before any slash ends a name. `./a:b` is a file of this computer. */
const REMOTE = /^([^:/]+):(.*)$/s

/** Throws LabError usage unless one of the operands, and not both, is on a machine. */
export function parseCopy(source: string | undefined, target: string | undefined): Copy {
  if (source === undefined || source === '' || target === undefined || target === '')
    throw usage('Give what to copy and where to; one of them as LAB:PATH.')
  const [from, to] = [REMOTE.exec(source), REMOTE.exec(target)]
  if (from !== null && to !== null)
    throw usage('cp copies between this computer and a lab, not between two labs. Copy it here first.')
  if (from !== null) {
    const [, lab = '', path = ''] = from
    return { lab, transfer: { flag: '--fetch', from: onMachine(path), to: target } }
  }
  if (to === null)
    throw usage(`Neither ${source} nor ${target} is on a machine. Write one of them as LAB:PATH.`)
  const [, lab = '', path = ''] = to
  return { lab, transfer: { flag: '--copy', from: source, to: onMachine(path) } }
}

/** Without a path it is the user's home. */
const onMachine = (path: string): string => belowHome(path === '' ? '~' : path)
