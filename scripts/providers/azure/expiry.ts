import { groupName } from '../../../stacks/azure/names.js'
import { changeAzure, listAzure, readAzure } from './client.js'
import type { AzureInstance } from './instances.js'

const SCHEDULES = '2018-09-15'
const RESOURCES = '2021-04-01'
/** Azure's schedule runs every day, so it cannot express a later time. Milliseconds. */
const DAY_MS = 86_400_000

/** Whether `expiresAt` is near enough for Azure's daily schedule. */
export const isWithinADay = (expiresAt: string | null, now: Date): expiresAt is string =>
  expiresAt !== null && Date.parse(expiresAt) - now.getTime() <= DAY_MS

interface Schedule {
  readonly properties: {
    readonly status: 'Enabled' | 'Disabled'
    readonly dailyRecurrence?: { readonly time?: string }
    readonly timeZoneId?: string
  }
}

/** Azure finds it only by this name. */
const scheduleOf = ({ id, name }: AzureInstance): string =>
  `${id.slice(0, id.indexOf('/providers/'))}/providers/Microsoft.DevTestLab/schedules/shutdown-computevm-${name}`

/** Hours and minutes, UTC. */
const timeOf = (expiresAt: string): string => expiresAt.slice(11, 16).replace(':', '')

/** Whether Azure itself stops that machine at this time. */
export async function isScheduled(
  machine: AzureInstance,
  expiresAt: string,
  signal: AbortSignal,
): Promise<boolean> {
  const schedule = await readAzure<Schedule>(scheduleOf(machine), { apiVersion: SCHEDULES, signal })
  const { status, dailyRecurrence, timeZoneId } = schedule?.properties ?? {}
  return status === 'Enabled' && timeZoneId === 'UTC' && dailyRecurrence?.time === timeOf(expiresAt)
}

/** Makes Azure stop that machine at this time, if that is within a day; otherwise disables the schedule. */
export async function moveSchedule(
  machine: AzureInstance,
  expiresAt: string | null,
  options: { readonly now: Date; readonly signal: AbortSignal },
): Promise<void> {
  const isNear = isWithinADay(expiresAt, options.now)
  const body = {
    location: machine.region,
    tags: machine.tags,
    properties: {
      status: isNear ? 'Enabled' : 'Disabled',
      taskType: 'ComputeVmShutdownTask',
      timeZoneId: 'UTC',
      dailyRecurrence: { time: expiresAt === null ? '0000' : timeOf(expiresAt) },
      targetResourceId: machine.id,
      notificationSettings: { status: 'Disabled' },
    },
  }
  await changeAzure('PUT', scheduleOf(machine), { apiVersion: SCHEDULES, body, signal: options.signal })
}

/**
 * Tags everything in a lab's group, and finally the group, with the expiry. `lab`: as from `labId`; `except`:
 * the machines that do not use that time yet.
 */
export async function markExpiry(
  lab: string,
  expiresAt: string | null,
  { except, signal }: { readonly except: readonly AzureInstance[]; readonly signal: AbortSignal },
): Promise<void> {
  const group = `/resourceGroups/${groupName(lab)}`
  const found = await listAzure<{ readonly id: string }>(`${group}/resources`, {
    apiVersion: RESOURCES,
    signal,
  })
  const tags = { 'distrolab-expires': expiresAt ?? 'never' }
  const body = { operation: 'Merge', properties: { tags } }
  const mark = (id: string): Promise<unknown> =>
    changeAzure('PATCH', `${id}/providers/Microsoft.Resources/tags/default`, {
      apiVersion: RESOURCES,
      body,
      signal,
    })
  // Azure may change the case of an id.
  const unmarked = new Set(except.map(({ id }) => id.toLowerCase()))
  const marked = found.filter(({ id }) => !unmarked.has(id.toLowerCase()))
  await Promise.all(marked.map(({ id }) => mark(id)))
  await mark(group)
}
