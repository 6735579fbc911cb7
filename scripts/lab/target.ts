import { isLabName, type LabName } from '../../backend/lab-name.js'
import type { AnyLab } from '../../backend/lab.js'
import { mainOf } from '../../backend/machines.js'
import { listLiving, readRecord } from '../../backend/record.js'
import { isOtherComputer } from '../computer.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { runsHere } from '../providers/registry.js'
import { forgetNames } from '../ssh-names/gone.js'

/** The lab that a command means: the positional name, `--name`, or the default lab of `--profile`. */
export function labNameOf(context: Context, positional: string | undefined): LabName {
  const { name, profile } = context.settings
  const given = positional ?? name ?? (profile === undefined ? undefined : defaultLabName(profile))
  if (given === undefined) {
    throw new LabError({ code: 'usage', problem: 'Name a lab, or a profile with --profile.' })
  }
  if (!isLabName(given)) throw new LabError({ code: 'lab-name-invalid', given })
  return given
}

/** A profile's default lab has the profile's name; lab names have no dots. */
export const defaultLabName = (profile: string): string => profile.replaceAll('.', '-')

/** The record of a lab that must exist. Throws LabError lab-unknown with near names. */
export async function requireLab(context: Context, name: LabName): Promise<AnyLab> {
  const store = await context.store()
  const stored = await readRecord(store, name)
  if (stored === undefined || stored.lab.state === 'destroyed') await forgetNames(context.space, name)
  if (stored !== undefined) return stored.lab
  const { labs } = await listLiving(store)
  const { nearNames } = await import('../../distro-catalog/near-names.js')
  throw new LabError({
    code: 'lab-unknown',
    given: name,
    near: nearNames(
      name,
      labs.map((lab) => lab.lab),
    ),
  })
}

/** A destroyed lab's record says nothing about the next one. */
export const livingOf = (known: AnyLab | undefined): AnyLab | undefined =>
  known?.state === 'destroyed' ? undefined : known

/** Throws LabError lab-not-ready. */
export function assertNotDestroyed({ lab, state }: Pick<AnyLab, 'lab' | 'state'>): void {
  if (state === 'destroyed') throw new LabError({ code: 'lab-not-ready', lab, state })
}

/** Local VMs belong to the user and the computer that made them. */
export const isElsewhere = (
  { space }: Pick<Context, 'space'>,
  { provider, owner }: Pick<AnyLab, 'provider' | 'owner'>,
): boolean => runsHere(provider) && isOtherComputer(space.home, owner)

/** The machine that a command means: the named one, else the lab's only or main one. */
export function machineOf(lab: AnyLab, given: string | undefined): AnyLab['machines'][number] {
  const known = lab.machines.map((machine) => machine.name)
  const wanted = given ?? mainOf(lab.machines)?.name
  const machine = lab.machines.find((candidate) => candidate.name === wanted)
  if (machine === undefined)
    throw new LabError({ code: 'machine-unknown', lab: lab.lab, given: wanted ?? '', known })
  return machine
}

/** The machines that a command for all means: only the named one, if one is named. */
export const machinesOf = (lab: AnyLab, given: string | undefined): AnyLab['machines'] =>
  given === undefined ? lab.machines : [machineOf(lab, given)]
