import { LabError } from '../errors.js'
import type { MakerProvider, Provider, Stopping } from './provider.js'

/** Whether its labs make their machines; those of other providers exist before a lab and after it. */
export const makesMachines = (provider: Provider): provider is MakerProvider =>
  provider.presence !== undefined

/** Throws LabError not-offered: only machines that a lab has made can be made again. */
export function requireMaker(
  provider: Provider,
  lab: { readonly lab: string; readonly provider: string },
  verb: 'reset' | 'swap',
): MakerProvider {
  if (makesMachines(provider)) return provider
  throw new LabError({ code: 'not-offered', lab: lab.lab, provider: lab.provider, verb })
}

/** A provider whose machines can be stopped and started. */
export type StoppingProvider = MakerProvider & { readonly stopping: Stopping }

/** Throws LabError not-offered. */
export function requireStopping(
  provider: Provider,
  lab: { readonly lab: string; readonly provider: string },
  verb: 'stop' | 'start',
): StoppingProvider {
  if (makesMachines(provider) && provider.stopping !== undefined)
    return { ...provider, stopping: provider.stopping }
  throw new LabError({ code: 'not-offered', lab: lab.lab, provider: lab.provider, verb })
}
