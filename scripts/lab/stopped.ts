import type { AnyLab } from '../../backend/lab.js'
import type { Machine } from '../../backend/record-schema.js'
import { LabError } from '../errors.js'
import { providerOf } from '../providers/registry.js'
import { presenceOf } from './presences.js'

/** Throws LabError lab-stopped: waiting for a machine that is off is no use. */
export async function assertNotStopped(lab: AnyLab, machine: Machine): Promise<void> {
  if ((await presenceOfAny(lab, machine)) !== 'stopped') return
  throw new LabError({ code: 'lab-stopped', lab: lab.lab, machine: machine.name })
}

/** Undefined if the provider could not be asked: another failure is then reported. */
async function presenceOfAny(lab: AnyLab, machine: Machine): Promise<string | undefined> {
  try {
    return await presenceOf(await providerOf(lab.provider), lab, machine)
  } catch (error) {
    if (error instanceof LabError) return undefined
    throw error
  }
}
