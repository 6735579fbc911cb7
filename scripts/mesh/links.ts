import { MESH_FULL, MESH_NONE } from '../../backend/forms.js'

/** One machine that may log in on another of the same lab. */
export interface Link {
  readonly from: string
  readonly to: string
}

/** `mesh` in the form `mesh`: `full`, `none`, or pairs such as `source->target,target->source`. */
export function linksOf(mesh: string, machines: readonly { readonly name: string }[]): Link[] {
  if (mesh === MESH_NONE) return []
  if (mesh === MESH_FULL)
    return machines.flatMap(({ name: from }) =>
      machines.filter(({ name }) => name !== from).map(({ name: to }) => ({ from, to })),
    )
  return mesh.split(',').map((pair) => {
    const [from = '', to = ''] = pair.split('->')
    return { from, to }
  })
}
