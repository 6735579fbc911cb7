import { isDeepStrictEqual } from 'node:util'
import { endOfLife } from '../../../stacks/google/end.js'
import { labelValue } from '../../../stacks/google/names.js'
import { LabError } from '../../errors.js'
import { openCompute, statusOf, type ComputeApi } from './client.js'
import { instanceNamed, pathOf, type GoogleInstance, type Scheduling } from './instances.js'

/** Whether Google ends that machine at this time by itself. */
export function endsAt({ scheduling }: GoogleInstance, expiresAt: string): boolean {
  const { terminationTime, maxRunDuration } = scheduling
  // A duration is used only where Google accepts no time: beyond its longest life.
  if (terminationTime === undefined) return maxRunDuration !== undefined
  return Math.abs(Date.parse(terminationTime) - Date.parse(expiresAt)) < 1_000
}

/**
 * Makes Google end that machine at this time. According to its reference, Google changes the time only for
 * machines that are off, so if it refuses for a running one, the machine is stopped and started again;
 * `onRestart` is called first. Returns the address if it changed.
 */
export async function moveEnd(
  compute: ComputeApi,
  instance: GoogleInstance,
  expiresAt: string | null,
  { now, onRestart }: { readonly now: number; readonly onRestart: () => void },
): Promise<string | undefined> {
  const scheduling = scheduled(instance.scheduling, expiresAt, now)
  if (isDeepStrictEqual(scheduling, instance.scheduling)) return undefined
  const set = (): Promise<void> => compute.change('POST', `${pathOf(instance)}/setScheduling`, scheduling)
  try {
    await set()
    return undefined
  } catch (error) {
    if (instance.status !== 'RUNNING' || !isForItsState(error)) throw error
  }
  onRestart()
  await compute.change('POST', `${pathOf(instance)}/stop`)
  try {
    await set()
  } finally {
    // After an interrupt here, the machine still runs.
    await openCompute().change('POST', `${pathOf(instance)}/start`)
  }
  return (await instanceNamed(instance.name, compute))[0]?.address
}

/** A refusal of the request itself, not of the credentials or the rate. */
const isForItsState = (error: unknown): boolean =>
  error instanceof LabError && OF_THE_REQUEST.includes(error.fault.code) && (statusOf(error) ?? 400) === 400

const OF_THE_REQUEST: readonly string[] = [
  ...['cloud-failed', 'cloud-in-use', 'cloud-not-offered', 'cloud-not-ready'],
]

function scheduled(current: Scheduling, expiresAt: string | null, now: number): Scheduling {
  const { terminationTime: _time, maxRunDuration: _duration, instanceTerminationAction, ...rest } = current
  if (expiresAt !== null) {
    const seconds = Math.floor((Date.parse(expiresAt) - now) / 1000)
    return { ...rest, instanceTerminationAction: 'DELETE', ...endOfLife({ expiresAt, seconds }) }
  }
  // A machine without an expiry has no action at its end either, except a spot machine, which Google takes at
  // any time.
  const isSpot = current.provisioningModel === 'SPOT' && instanceTerminationAction !== undefined
  return isSpot ? { ...rest, instanceTerminationAction } : rest
}

/** Labels a machine with its expiry, for people who look at it. */
export function markExpiry(
  compute: ComputeApi,
  instance: GoogleInstance,
  expiresAt: string | null,
): Promise<void> {
  const { labels, labelFingerprint } = instance
  return compute.change('POST', `${pathOf(instance)}/setLabels`, {
    labels: { ...labels, 'distrolab-expires': labelValue(expiresAt ?? 'never') },
    labelFingerprint,
  })
}
