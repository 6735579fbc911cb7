import type { CommonSpec } from '../spec.js'
import type { MachineSpec } from '../../local-vm/protocol.js'

export interface LocalLabSpec extends CommonSpec {
  readonly provider: 'local'
  readonly driver: DriverProgram
  readonly machines: readonly LocalMachine[]
}

/** How the engine starts the VM driver: `node program verb json`. Absolute paths. */
export interface DriverProgram {
  readonly node: string
  readonly program: string
}

export interface LocalMachine {
  /** `main`, `source`, … : the machine's name within the lab. */
  readonly name: string
  readonly user: string
  readonly vm: MachineSpec
}
