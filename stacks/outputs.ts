/** The outputs of every stack, by machine name: what SSH needs. */
export interface MachineOutput {
  readonly address: string
  /** Where the other machines of the lab reach it; only in labs of several. */
  readonly privateAddress?: string
  readonly port: number
  readonly user: string
}

/** The output `image` of a cloud's stack: the image that its main machine is made from. */
export interface ImageOutput {
  readonly id: string
  /** The root disk's size in GiB, which may be larger than the requested size. */
  readonly diskGiB: number
}
