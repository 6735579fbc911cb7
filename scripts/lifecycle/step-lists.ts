import type { Wait } from '../settings.js'

const MAKE = ['image', 'synth', 'init', 'apply'] as const
const CONFIGURE = ['wait-ssh', 'cloud-init'] as const

/** What `up` does, by how far `--wait` asks it to go. */
export const upSteps = {
  none: MAKE,
  ssh: [...MAKE, 'wait-ssh'],
  ready: [...MAKE, ...CONFIGURE],
} as const satisfies Record<Wait, readonly string[]>

/** The same steps on purpose: a swapped lab is one that `up` could have made. */
export const swapSteps = upSteps.ready

export const downSteps = ['synth', 'init', 'destroy', 'verify'] as const

/** Of a lab that is destroyed already. */
export const verifySteps = ['verify'] as const

export type StepName = (typeof upSteps.ready | typeof downSteps)[number]
