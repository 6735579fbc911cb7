import { groupName } from '../../../stacks/azure/names.js'
import { changeAzure, listAzure, readAzure } from './client.js'
import type { AzureInstance } from './instances.js'

const SCHEDULES = '2018-09-15'
const RESOURCES = '2021-04-01'
/** Azure's schedule is one of every day, so it can't say a time that is further away. Milliseconds. */
const DAY_MS = 86_400_000

/** Whether `expiresAt` is near enough for Azure's daily schedule to say it. */
export const isWithinADay = (expiresAt: string | null, now: Date): expiresAt is string =>
  expiresAt !== null && Date.parse(expiresAt) - now.getTime() <= DAY_MS

interface Schedule {
  readonly properties: {
    readonly status: 'Enabled' | 'Disabled'
    readonly dailyRecurrence?: { readonly time?: string }
    readonly timeZoneId?: string
  }
}

/** Azure knows it by this name only. */
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

/** From now on Azure stops that machine at this time, if that is within a day; else not at all. */
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
 * Marks everything in a lab's group, and at last the group, with when it is over. `lab`: as from `labId`; `except`: the
 * machines that do not go by that time yet.
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
  // The case of an id is Azure's to choose.
  const unmarked = new Set(except.map(({ id }) => id.toLowerCase()))
  const marked = found.filter(({ id }) => !unmarked.has(id.toLowerCase()))
  await Promise.all(marked.map(({ id }) => mark(id)))
  await mark(group)
}
