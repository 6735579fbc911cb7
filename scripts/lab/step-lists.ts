import type { Wait } from '../settings.js'
import type { BaselineKind } from '../providers/provider.js'

const MAKE = ['image', 'synth', 'init', 'apply'] as const
const REMAKE = ['synth', 'init', 'apply'] as const
/** A baseline that is an image is not taken: it is there before the machine. */
const TAKE = { snapshot: ['baseline'], image: [] } as const

/** What `up` does, by how far `--wait` asks it to go. */
export function upSteps(wait: Wait, kind: BaselineKind): readonly StepName[] {
  if (wait === 'none') return MAKE
  const cloudInit = wait === 'ready' ? (['cloud-init'] as const) : []
  return [...MAKE, 'wait-ssh', ...cloudInit, ...TAKE[kind], 'mark']
}

/** Those of `up` on purpose: a swapped lab is one that `up` could have made. */
export const swapSteps = (kind: BaselineKind): readonly StepName[] => upSteps('ready', kind)

/** Without a snapshot the way back is the way there: the pinned image, and the very steps of `up`. */
export const resetSteps = (kind: BaselineKind): readonly StepName[] =>
  kind === 'snapshot' ? ['restore', 'wait-ssh', 'verify'] : [...REMAKE, 'wait-ssh', 'cloud-init', 'verify']

export const downSteps = ['synth', 'init', 'destroy', 'verify'] as const

export const extendSteps = ['move-expiry'] as const

/** What `exec` does while the lab is `in-use`: told in its log alone, and no steps on record. */
export const execParts = {
  machine: ['connect', 'copy', 'command', 'fetch'],
  local: ['command'],
} as const

export type ExecPart = (typeof execParts)['machine' | 'local'][number]

/** Of a lab that is destroyed already. */
export const verifySteps = ['verify'] as const

export type StepName =
  | (typeof MAKE | typeof downSteps | typeof extendSteps)[number]
  | ('wait-ssh' | 'cloud-init' | 'baseline' | 'mark' | 'restore')
