interface OfImage {
  readonly image: unknown
  readonly diskGiB: number
}

/**
 * Gives each machine its image; those of the same image and disk share one. `build` is called once for each, with the name
 * of the data source that looks it up, where one does.
 */
export function sharedImages<M extends OfImage, I>(
  machines: readonly M[],
  build: (machine: M, lookup: string) => I,
): (machine: M) => I {
  const built = new Map<string, I>()
  const imageOf = (machine: M): I => {
    const key = JSON.stringify([machine.image, machine.diskGiB])
    const image = built.get(key) ?? build(machine, lookupName(built.size))
    built.set(key, image)
    return image
  }
  machines.forEach(imageOf)
  return imageOf
}

/** The first has the name that it had when a lab had one image only: with another, OpenTofu would see a change. */
const lookupName = (index: number): string => (index === 0 ? 'lab_image' : `lab_image_${index + 1}`)
