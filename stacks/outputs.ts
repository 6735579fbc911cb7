/** The outputs of every stack, by machine name: what SSH needs. */
export interface MachineOutput {
  readonly address: string
  readonly port: number
  readonly user: string
}
