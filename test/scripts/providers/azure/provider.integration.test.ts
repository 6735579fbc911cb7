import { afterEach, describe, expect, test } from '@jest/globals'
import type { AnyLab } from '../../../../backend/lab.js'
import type { Context } from '../../../../scripts/context.js'
import { azure as provider } from '../../../../scripts/providers/azure/provider.js'
import { no } from '../../../stand-in/azure-answer.js'
import { REGION, SUBSCRIPTION, TestAzure } from '../../../stand-in/azure.js'
import { useCloudHere } from '../../../stand-in/use-cloud.js'
import '../../../support/cli/support.js'

const step = {
  signal: new AbortController().signal,
  detail: () => undefined,
  onAddress: () => Promise.reject(new Error('no machine is restarted')),
  setTimer: () => Promise.reject(new Error('no machine is told')),
}
const azure = await useCloudHere(TestAzure.start())
afterEach(() => azure.resources.remove(GROUP))

const ID = 'distrolab-0a1b2c3d4e5f-web'
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${ID}`
const context = { space: { home: '/', cache: '/', backendId: '0a1b2c3d4e5f' } } as Context
const incarnation = 'c0ffee123456'
const tags = {
  'distrolab-lab': 'web',
  'distrolab-backend': '0a1b2c3d4e5f',
  'distrolab-incarnation': incarnation,
}
const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString()

/** As far as the hooks look at a record. */
const labUntil = (expiresAt: string | null): AnyLab =>
  ({
    lab: 'web',
    incarnation,
    region: REGION,
    tags,
    expiresAt,
    machines: [{ name: 'main', id: `${ID}-main` }],
  }) as unknown as AnyLab

function makeMachine(expiresAt: string | null, properties: Record<string, unknown> = {}): void {
  const common = { location: REGION, tags: { ...tags, 'distrolab-expires': expiresAt ?? 'never' } }
  azure.resources.put(GROUP, common)
  azure.resources.put(`${GROUP}/providers/Microsoft.Compute/virtualMachines/${ID}-main`, {
    ...common,
    properties: { storageProfile: { osDisk: { name: 'disk' } } },
  })
  Object.assign(azure.machine()?.properties ?? {}, properties)
}

const presence = () => {
  const [machine] = labUntil(null).machines
  if (machine === undefined) throw new Error('a lab has a machine')
  return provider.presence({ lab: 'web', region: REGION }, machine)
}

test.each([
  [{ power: 'running' }, 'running'],
  [{ power: 'starting' }, 'running'],
  [{ power: 'deallocated' }, 'stopped'],
  [{ power: '', provisioningState: 'Creating' }, 'partial'],
  [{ power: '', provisioningState: 'Failed' }, 'absent'],
])('a machine that Azure shows as %j is %s', async (properties, expected) => {
  makeMachine(null, properties)
  expect(await presence()).toBe(expected)
})

test('a machine is absent where there is no group, and nothing is known where Azure may not be asked', async () => {
  expect(await presence()).toBe('absent')
  azure.refuse('GET', '/virtualMachines/', no(403, 'AuthorizationFailed', 'No.'))
  await expect(presence()).rejects.toMatchObject({ fault: { code: 'cloud-forbidden' } })
})

describe('what ends a lab', () => {
  const states = async (lab: AnyLab) =>
    ((await provider.expiry?.enforcers(context, lab)) ?? []).map(({ name, state }) => `${name}: ${state}`)
  const move = (lab: AnyLab) => provider.expiry?.move(context, lab, step)

  test('is the timer alone while its end is more than a day away, and then Azure too', async () => {
    const [far, near] = [labUntil(inHours(30)), labUntil(inHours(20))]
    makeMachine(far.expiresAt)
    expect(await states(far)).toEqual(['timer in the machine: armed'])
    expect(await states(near)).toEqual(['timer in the machine: missing', 'scheduled shutdown: missing'])
    makeMachine(near.expiresAt)
    expect(await states(near)).toEqual(['timer in the machine: armed', 'scheduled shutdown: missing'])
    // The timer was told already, so that nothing is said to the machine.
    await move(near)
    expect(await states(near)).toEqual(['timer in the machine: armed', 'scheduled shutdown: armed'])
    makeMachine(far.expiresAt)
    await move(far)
    expect(azure.resources.all.find(({ type }) => type.endsWith('/schedules'))?.properties).toMatchObject({
      status: 'Disabled',
    })
  })

  test('is idle where nothing runs, and nothing is moved there', async () => {
    const lab = labUntil(inHours(1))
    makeMachine(inHours(2), { power: 'deallocated' })
    expect(await states(lab)).toEqual(['timer in the machine: idle', 'scheduled shutdown: idle'])
    azure.obey()
    await move(lab)
    expect(azure.times('PUT', '') + azure.times('PATCH', '')).toBe(0)
  })

  test('is not known to who may not ask Azure', async () => {
    azure.refuse('GET', '/resourceGroups/', no(403, 'AuthorizationFailed', 'No.'))
    expect(await states(labUntil(inHours(1)))).toEqual(['timer in the machine: unknown'])
  })
})

test('what is left of a lab is removed with its group, or named', async () => {
  makeMachine(null)
  azure.refuse('DELETE', '/resourceGroups/', no(409, 'ScopeLocked', 'It is locked.'))
  const left = `resource group ${ID} in ${REGION}: Something blocks this change at Azure: ScopeLocked: It is locked.`
  const told: string[] = []
  const telling = { ...step, detail: (text: string) => void told.push(text) }
  expect(await provider.removeLeftovers(context, labUntil(null), telling)).toEqual({
    left: [left],
    foreign: [],
    mayPass: false,
  })
  expect(told).toEqual([left])
  azure.obey()
  expect(await provider.removeLeftovers(context, labUntil(null), step)).toEqual({
    left: [],
    foreign: [],
    mayPass: true,
  })
  expect(azure.made).toEqual([])
})
