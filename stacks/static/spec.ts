import type { MachineOutput } from '../outputs.js'
import type { CommonSpec } from '../spec.js'

/** A lab of machines that exist already: OpenTofu makes nothing for it. */
export interface StaticLabSpec extends CommonSpec {
  readonly provider: 'static'
  readonly machines: readonly StaticMachine[]
}

export interface StaticMachine extends MachineOutput {
  /** `main`, `source`, … : the machine's name within the lab. */
  readonly name: string
}
