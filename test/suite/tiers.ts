import type { programs } from '../services/programs.js'

/** One kind of test, told by the file's name and by what it costs. */
export interface Tier {
  /** Compiled test files, relative to dist/test/. */
  readonly files: readonly string[]
  /** Files that the patterns above match and that belong to another tier. */
  readonly except?: readonly string[]
  /** How many files run at once on a computer with so many cores. */
  readonly workers: (cores: number) => number
  /** What is made for it, once a computer. */
  readonly needs: readonly (keyof typeof programs)[]
}

const LIFE = 'e2e/whole-life.e2e.test.js'
const SYSTEM = ['versitygw', 'fakeGcs', 'tofu', 'awsProvider'] as const

/** In the order in which they run: the cheapest first, so that faults show early. */
export const tiers = {
  /** No process is started. */
  unit: {
    files: ['**/*.test.js'],
    except: ['\\.(integration|system|crash|e2e)\\.test\\.js$'],
    workers: (cores) => cores,
    needs: [],
  },
  /** Real processes and servers, as far as npm and pip bring them. */
  integration: {
    files: ['**/*.integration.test.js'],
    // While one of them waits for a process, another one works.
    workers: (cores) => cores + 1,
    needs: ['moto', 'azurite'],
  },
  /** One whole life of a real VM. */
  life: { files: [LIFE], workers: () => 1, needs: [] },
  /** Every command, killed and interrupted at every step. */
  crash: { files: ['**/*.crash.test.js'], workers: () => 1, needs: [] },
  /** Real VMs. Two of them on two processors would make each other late. */
  e2e: { files: ['**/*.e2e.test.js'], except: [LIFE], workers: () => 1, needs: [] },
  /** The servers, the engine and the providers that are built from Go modules, and whatever takes long. */
  system: {
    files: ['**/*.system.test.js'],
    workers: (cores) => cores + 1,
    needs: ['moto', 'azurite', ...SYSTEM],
  },
} as const satisfies Readonly<Record<string, Tier>>

export type TierName = keyof typeof tiers

export const tierNames = Object.keys(tiers) as TierName[]

/** What can be asked of the runner, besides a tier's own name. */
export const selections = {
  quick: ['unit', 'integration', 'life'],
  rest: ['crash', 'e2e', 'system'],
  full: tierNames,
} as const satisfies Readonly<Record<string, readonly TierName[]>>
