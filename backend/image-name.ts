declare const imageName: unique symbol

/** An imported image: `google/arch/x86_64`. Never a lab's name, which has no slash. */
export type ImageName = string & { readonly [imageName]: true }

export interface ImageOf {
  readonly provider: string
  readonly distro: string
  readonly architecture: string
}

/** Distros and architectures as the catalog names them. */
export const imageNameOf = ({ provider, distro, architecture }: ImageOf): ImageName =>
  `${provider}/${distro}/${architecture}` as ImageName

export const isImageName = (text: string): text is ImageName =>
  /^[a-z]+\/[a-z0-9][a-z0-9._-]*\/[a-z0-9_]+$/.test(text)
