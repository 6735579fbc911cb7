import type { Wait } from '../settings.js'
import type { BaselineKind } from '../providers/provider.js'

const MAKE = ['image', 'synth', 'init', 'apply'] as const
const REMAKE = ['synth', 'init', 'apply'] as const
/** A baseline that is an image is not taken: it exists before the machine. Without a baseline, no machine is marked. */
const TAKE = { snapshot: ['baseline', 'mark'], image: ['mark'], none: [] } as const

/** Steps that only some labs have, between `cloud-init` and the baseline. */
export type Furnishing = readonly ('hosts' | 'keys' | 'setup' | 'fixtures')[]

/** The steps of `up`, by how far `--wait` asks it to go. */
export function upSteps(
  wait: Wait,
  kind: BaselineKind | undefined,
  furnishing: Furnishing = [],
): readonly StepName[] {
  if (wait === 'none') return MAKE
  const cloudInit = wait === 'ready' ? (['cloud-init', ...furnishing] as const) : []
  return [...MAKE, 'wait-ssh', ...cloudInit, ...TAKE[kind ?? 'none']]
}

/** The steps of `up`, on purpose: a swapped lab is one that `up` could have made. */
export const swapSteps = (kind: BaselineKind, furnishing: Furnishing = []): readonly StepName[] =>
  upSteps('ready', kind, furnishing)

/** Without a snapshot, a reset repeats the way there: the pinned image, and the same steps as `up`. */
export const resetSteps = (kind: BaselineKind, furnishing: Furnishing = []): readonly StepName[] =>
  kind === 'snapshot'
    ? ['restore', 'wait-ssh', ...furnishing.filter((step) => step === 'hosts' || step === 'keys'), 'verify']
    : [...REMAKE, 'wait-ssh', 'cloud-init', ...furnishing, 'verify']

export const downSteps = ['synth', 'init', 'destroy', 'verify'] as const

export const extendSteps = ['move-expiry'] as const

export const stopSteps = ['stop'] as const

export const startSteps = ['start', 'wait-ssh'] as const

/** The parts of `exec` while the lab is `in-use`: only its log mentions them, and none is a recorded step. */
export const execParts = {
  machine: ['connect', 'copy', 'command', 'fetch'],
  local: ['command'],
} as const

/** The parts of `cp` to a lab, which is `in-use` meanwhile, too. */
export const cpParts = ['connect', 'copy'] as const

export type ExecPart = (typeof execParts)['machine' | 'local'][number]

/** For a lab that is already destroyed. */
export const verifySteps = ['verify'] as const

export type StepName =
  | (typeof MAKE | typeof downSteps | typeof extendSteps)[number]
  | Furnishing[number]
  | ('wait-ssh' | 'cloud-init' | 'baseline' | 'mark' | 'restore' | 'stop' | 'start')
