import type { AnyLab } from '../../backend/lab.js'
import { MAIN_MACHINE } from '../../backend/machines.js'
import type { Machine } from '../../backend/record-schema.js'
import { isExistingName } from '../../distro-catalog/provider-names.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'

/**
 * Anyone who can write to a backend must not choose which of the user's machines is contacted. If the configuration of
 * this computer names the machines of the lab's profile, the record must say the same. Throws LabError machines-differ.
 */
export function assertAsConfigured({ config }: Pick<Context, 'config'>, lab: AnyLab, machine: Machine): void {
  const { profiles = {} } = config.values
  const profile = Object.hasOwn(profiles, lab.profile) ? profiles[lab.profile] : undefined
  if (profile?.machines === undefined || profile.provider !== lab.provider) return
  // Those that the lab makes have no address in a profile.
  if (!isExistingName(lab.provider)) return
  const configured = profile.machines.find(({ name = MAIN_MACHINE }) => name === machine.name)
  const [has, wanted] = [targetText(machine), configured && targetText(configured)]
  const { hostKey = null } = configured ?? {}
  const isSameKey = hostKey === null || machine.hostKey === null || hostKey === machine.hostKey
  if (has === wanted && isSameKey) return
  throw new LabError({
    code: 'machines-differ',
    lab: lab.lab,
    machine: machine.name,
    profile: lab.profile,
    has: has === wanted ? `the machine with the host key ${machine.hostKey}` : has,
    configured: has === wanted ? `that with ${hostKey}` : (wanted ?? 'no such machine'),
  })
}

interface Target {
  readonly address?: string | null | undefined
  readonly port?: number | null | undefined
  readonly user?: string | undefined
}

const targetText = ({ address, port, user }: Target): string =>
  `${user ?? '?'}@${address ?? '?'}:${port ?? 22}`
