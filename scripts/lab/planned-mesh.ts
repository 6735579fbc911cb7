import { MESH_FULL, MESH_NONE } from '../../backend/forms.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { linksOf } from '../mesh/links.js'
import { makesMachines } from '../providers/maker.js'
import type { Provider } from '../providers/provider.js'

/** Of the draft of a lab. */
export interface NewLab {
  readonly lab: string
  readonly profile: { readonly name: string }
  readonly hooks: Provider
  readonly machines: readonly { readonly name: string }[]
}

/**
 * Which machines of a new lab will be able to log in on which others; undefined for a lab of one machine, and for machines that
 * no lab makes. Throws LabError usage or machine-unknown.
 */
export function meshOfNew(
  { settings, config }: Pick<Context, 'settings' | 'config'>,
  { lab, profile, hooks, machines }: NewLab,
): string | undefined {
  const { profiles = {} } = config.values
  if (machines.length < 2 || !makesMachines(hooks)) {
    if (settings.mesh === undefined || settings.mesh === MESH_NONE) return undefined
    const problem = `--mesh: expected a lab of several machines that distrolab makes, got "${settings.mesh}" for ${lab}`
    throw new LabError({ code: 'usage', problem })
  }
  const ofProfile = Object.hasOwn(profiles, profile.name) ? profiles[profile.name]?.mesh : undefined
  const mesh = settings.mesh ?? ofProfile ?? MESH_FULL
  const known = machines.map(({ name }) => name)
  const named = linksOf(mesh, machines).flatMap(({ from, to }) => [from, to])
  const given = named.find((name) => !known.includes(name))
  if (given !== undefined) throw new LabError({ code: 'machine-unknown', lab, given, known })
  return mesh
}
