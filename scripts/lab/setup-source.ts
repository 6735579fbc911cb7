import type { MachineSetup } from '../machine-setup/load.js'

/** What is done to the machines of a lab, each by its name. */
export interface PlannedSetup {
  readonly digest: string
  /** Undefined: the lab was made with it, and it is not on this computer. */
  readonly machines: ReadonlyMap<string, MachineSetup> | undefined
  /** The profile that it is from; undefined: a file. */
  readonly profile: string | undefined
}

/** For people. */
export const sourceOf = (setup: PlannedSetup | undefined): string =>
  setup?.profile === undefined ? '--setup' : `the profile ${setup.profile}`
