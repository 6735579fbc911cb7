import { describe, expect, test } from '@jest/globals'
import {
  isScheduled,
  isWithinADay,
  markExpiry,
  moveSchedule,
} from '../../../../scripts/providers/azure/expiry.js'
import { checkTerms, findImage, findNewestImage } from '../../../../scripts/providers/azure/image.js'
import {
  deallocateInstance,
  findInstance,
  findInstances,
  readConsole,
  startInstance,
} from '../../../../scripts/providers/azure/instances.js'
import { findGroups, removeGroups } from '../../../../scripts/providers/azure/leftovers.js'
import { findNetwork } from '../../../../scripts/providers/azure/network.js'
import { LabError } from '../../../../scripts/errors.js'
import { no } from '../../../stand-in/azure-answer.js'
import { REGION, SUBSCRIPTION, TestAzure } from '../../../stand-in/azure.js'
import { NEWEST, PUBLISHED } from '../../../stand-in/azure-images.js'
import { useCloudHere } from '../../../stand-in/use-cloud.js'
import { faultOf } from '../../../support/cli/support.js'

const never = new AbortController().signal
const azure = await useCloudHere(TestAzure.start())

const idOf = (lab: string): string => `distrolab-0a1b2c3d-${lab}`
const tagsOf = (lab: string) => ({ 'distrolab-lab': lab, 'distrolab-backend': '0a1b2c3d' })
const groupOf = (name: string): string => `/subscriptions/${SUBSCRIPTION}/resourceGroups/${name}`

/** What a lab leaves when nobody knows of it any more. */
function makeLab(lab: string, group = idOf(lab)): void {
  const common = { location: REGION, tags: { ...tagsOf(lab), 'distrolab-expires': 'soon' } }
  azure.resources.put(groupOf(group), common)
  const network = `${groupOf(group)}/providers/Microsoft.Network`
  azure.resources.put(`${network}/publicIPAddresses/${idOf(lab)}-main-ip`, common)
  azure.resources.put(`${groupOf(group)}/providers/Microsoft.Compute/virtualMachines/${idOf(lab)}-main`, {
    ...common,
    properties: { storageProfile: { osDisk: { name: `${lab}-disk` } } },
  })
}

const removeAll = (lab: string, refused: string[] = []) =>
  removeGroups(idOf(lab), tagsOf(lab), {
    signal: never,
    onRefused: ({ name }, { fault }) => refused.push(`${name}: ${fault.code}`),
  })

describe('an image', () => {
  const debian = { from: 'marketplace', publisher: 'Debian', offer: 'debian-13', sku: '13-gen2' } as const
  const fedora = {
    ...({ from: 'gallery', name: 'Fedora-5e266ba4-2250-406d-adad-5d73860d958f' } as const),
    image: 'Fedora-Cloud-44-x64',
  }

  test('of the Marketplace is the newest version, with the disk that it needs', async () => {
    const image = await findNewestImage(REGION, debian)
    expect(image).toEqual({ id: `Debian:debian-13:13-gen2:${NEWEST}`, kind: 'marketplace', diskGiB: 31 })
    expect(await findImage(REGION, image?.id ?? '')).toEqual(image)
  })

  test('of a gallery is the newest that its publisher means, as a version', async () => {
    const image = await findNewestImage(REGION, fedora)
    const id = `/communityGalleries/${fedora.name}/images/${fedora.image}/versions/${NEWEST}`
    expect(image).toEqual({ id, kind: 'gallery', diskGiB: 5, createdAt: PUBLISHED })
    expect(await findImage(REGION, id)).toEqual(image)
  })

  test('that was imported is found in its group', async () => {
    const selector = { from: 'imported', resourceGroup: 'distrolab-images', name: 'arch' } as const
    expect(await findNewestImage(REGION, selector)).toBeUndefined()
    const id = `${groupOf('distrolab-images')}/providers/Microsoft.Compute/images/arch`
    azure.resources.put(groupOf('distrolab-images'), { location: REGION })
    azure.resources.put(id, { properties: { storageProfile: { osDisk: { diskSizeGB: 7 } } } })
    expect(await findNewestImage(REGION, selector)).toEqual({ id, kind: 'imported', diskGiB: 7 })
    expect(await findImage(REGION, id)).toMatchObject({ id })
    azure.resources.put(id, { location: 'North Europe', properties: {} })
    const elsewhere = { code: 'cloud-image-elsewhere', image: id, region: REGION, has: 'northeurope' }
    expect(await faultOf(findNewestImage(REGION, selector))).toMatchObject(elsewhere)
    expect(await faultOf(findImage(REGION, id))).toMatchObject(elsewhere)
    azure.resources.remove(groupOf('distrolab-images'))
  })

  test('that the region does not have is none', async () => {
    expect(await findNewestImage(REGION, { ...debian, sku: 'none' })).toBeUndefined()
    expect(await findNewestImage(REGION, { ...fedora, name: 'nobody' })).toBeUndefined()
  })

  test('that a lab is pinned to and that is gone, is told as such', async () => {
    for (const id of ['Debian:debian-13:13-gen2:0.0.1', '/communityGalleries/a/images/b/versions/1.2.3'])
      expect(await faultOf(findImage(REGION, id))).toMatchObject({ code: 'cloud-image-gone', reason: id })
  })

  test('with terms that nobody has accepted is told with what accepts them', async () => {
    const plan = { publisher: 'resf', product: 'rockylinux-x86_64', name: '10-base' }
    await checkTerms(plan)
    azure.shelf.unaccepted.add('resf:rockylinux-x86_64:10-base')
    expect(await faultOf(checkTerms(plan))).toEqual({
      code: 'cloud-image-terms',
      provider: 'azure',
      publisher: 'resf',
      offer: 'rockylinux-x86_64',
      plan: '10-base',
    })
    azure.shelf.unaccepted.clear()
  })
})

describe('what Azure has of a lab', () => {
  test('is found by name and by tags, and goes with all that is in it; that of another lab stays', async () => {
    makeLab('mine')
    makeLab('mine', 'renamed-by-somebody')
    makeLab('yours')
    const names = (await findGroups(idOf('mine'), tagsOf('mine'))).map(({ name }) => name)
    expect(names.sort()).toEqual([idOf('mine'), 'renamed-by-somebody'])
    expect(await removeAll('mine')).toEqual([])
    expect(await findGroups(idOf('yours'), tagsOf('yours'))).toEqual([
      { name: idOf('yours'), region: REGION, isOurs: true },
    ])
    const [removal] = azure.asked.filter(({ method }) => method === 'DELETE')
    expect(removal?.query.get('forceDeletionTypes')).toBe('Microsoft.Compute/virtualMachines')
    expect(await removeAll('yours')).toEqual([])
    expect(azure.made).toEqual([])
  })

  test('is told from a group that only has its name, which stays with all that is in it', async () => {
    makeLab('twin')
    const before = azure.made.length
    const tags = { ...tagsOf('twin'), 'distrolab-incarnation': 'c0ffee123456' }
    const onRefused = (): never => {
      throw new Error('nothing was asked for')
    }
    expect(await removeGroups(idOf('twin'), tags, { signal: never, onRefused })).toEqual([
      { name: idOf('twin'), region: REGION, isOurs: false },
    ])
    expect(azure.made).toHaveLength(before)
    expect(await removeAll('twin')).toEqual([])
  })

  test('and does not let go is returned, with the reason told', async () => {
    makeLab('kept')
    azure.refuse(
      'DELETE',
      '/resourceGroups/',
      no(409, 'ScopeLocked', 'The scope cannot be deleted: it is locked.'),
    )
    const refused: string[] = []
    expect(await removeAll('kept', refused)).toEqual([{ name: idOf('kept'), region: REGION, isOurs: true }])
    expect(refused).toEqual([`${idOf('kept')}: cloud-in-use`])
    azure.obey()
    expect(await removeAll('kept')).toEqual([])
  })

  test('is not taken for nothing when Azure may not be asked, or somebody else answers', async () => {
    azure.refuse(
      'GET',
      '/resourceGroups',
      no(403, 'AuthorizationFailed', "No right to perform action 'a/read'."),
    )
    expect(await faultOf(removeAll('any'))).toMatchObject({ code: 'cloud-forbidden', provider: 'azure' })
    azure.refuse('GET', '/resourceGroups', { status: 404, body: 'not here' })
    expect(await faultOf(removeAll('any'))).toMatchObject({ code: 'cloud-failed' })
    azure.refuse('GET', '/resourceGroups', no(404, 'SubscriptionNotFound', 'It could not be found.'))
    expect(await faultOf(removeAll('any'))).toMatchObject({ code: 'cloud-credentials-refused' })
  })
})

describe('a machine', () => {
  test('that is off is switched on; one that is not there cannot be', async () => {
    makeLab('off')
    await deallocateInstance(idOf('off'), `${idOf('off')}-main`, never)
    expect(await findInstance(idOf('off'), `${idOf('off')}-main`)).toMatchObject({ power: 'deallocated' })
    await startInstance(idOf('off'), `${idOf('off')}-main`, never)
    expect(await findInstances(idOf('off'))).toMatchObject([{ power: 'running', region: REGION }])
    expect(await findInstance(idOf('off'), 'nobody')).toBeUndefined()
    expect(await findInstances(idOf('never'))).toEqual([])
    expect(await faultOf(startInstance(idOf('off'), 'nobody', never))).toMatchObject({ code: 'cloud-failed' })
    await removeAll('off')
  })

  test('for which there is no room, is refused for that reason, though Azure had taken it on', async () => {
    makeLab('full')
    const outcome = { status: 'Failed', error: { code: 'AllocationFailed', message: 'Allocation failed.' } }
    azure.disturb(({ method, path }) => {
      if (path === '/outcome') return { status: 200, body: outcome }
      const location = `https://${azure.host}/outcome`
      return method === 'POST' && path.endsWith('/start')
        ? { status: 202, headers: { location, 'retry-after': '0' } }
        : undefined
    })
    expect(await faultOf(startInstance(idOf('full'), `${idOf('full')}-main`, never))).toMatchObject({
      code: 'cloud-capacity',
      reason: 'AllocationFailed: Allocation failed.',
    })
    await removeAll('full')
  })

  test('has a console where it is kept only', async () => {
    makeLab('seen')
    const [machine] = await findInstances(idOf('seen'))
    expect(machine === undefined ? 'none' : await readConsole(machine, 3)).toBe('')
    expect(azure.times('POST', 'retrieveBootDiagnosticsData')).toBe(0)
    const properties = azure.machine()?.properties ?? {}
    properties['diagnosticsProfile'] = { bootDiagnostics: { enabled: true } }
    const [kept] = await findInstances(idOf('seen'))
    expect(kept === undefined ? 'none' : await readConsole(kept, 3)).toContain('the console')
    await removeAll('seen')
  })

  test('is stopped by Azure at its end, if that is within a day; everything is marked with it', async () => {
    makeLab('timed')
    const [machine] = await findInstances(idOf('timed'))
    if (machine === undefined) throw new Error('no machine')
    const now = new Date('2026-11-21T10:00:00.000Z')
    const [near, far] = ['2026-11-22T09:05:59.000Z', '2026-11-22T10:00:01.000Z'] as const
    expect([near, far, null].map((each) => isWithinADay(each, now))).toEqual([true, false, false])
    expect(await isScheduled(machine, near, never)).toBe(false)
    await moveSchedule(machine, near, { now, signal: never })
    expect(await isScheduled(machine, near, never)).toBe(true)
    expect(await isScheduled(machine, far, never)).toBe(false)
    for (const other of [far, null]) {
      await moveSchedule(machine, other, { now, signal: never })
      expect(await isScheduled(machine, other ?? near, never)).toBe(false)
    }
    await markExpiry(idOf('timed'), near, { except: [machine], signal: never })
    expect(azure.machine()?.tags).toEqual({ ...tagsOf('timed'), 'distrolab-expires': 'soon' })
    await markExpiry(idOf('timed'), near, { except: [], signal: never })
    expect(new Set(azure.resources.all.map(({ tags }) => tags?.['distrolab-expires']))).toEqual(
      new Set([near]),
    )
    expect(azure.machine()?.tags).toEqual({ ...tagsOf('timed'), 'distrolab-expires': near })
    await removeAll('timed')
  })
})

test.each([
  [401, 'ExpiredAuthenticationToken', 'cloud-credentials-refused'],
  [403, 'AuthorizationFailed', 'cloud-forbidden'],
  [409, 'MissingSubscriptionRegistration', 'cloud-service-disabled'],
  [409, 'SkuNotAvailable', 'cloud-capacity'],
  [409, 'QuotaExceeded', 'cloud-quota'],
  [429, 'SubscriptionRequestsThrottled', 'cloud-throttled'],
  [400, 'InvalidParameter', 'cloud-failed'],
])('an answer %d %s is %s', async (status, name, code) => {
  azure.refuse('GET', '/virtualMachines', no(status, name, 'No.'))
  const error = await findInstances(idOf('any')).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(LabError)
  expect((error as LabError).fault).toMatchObject({ code, provider: 'azure', reason: `${name}: No.` })
})

describe('a network of the subscription', () => {
  const id = `${groupOf('Net')}/providers/Microsoft.Network/virtualNetworks/prod`
  const find = (given: string, region = REGION) =>
    findNetwork({
      given,
      region,
      zone: undefined,
      signal: never,
      unfit: (reason) => new LabError({ code: 'network-unfit', provider: 'azure', network: given, reason }),
    })

  test('gives its first subnet for machines, or the named one', async () => {
    azure.resources.put(groupOf('Net'), { location: REGION })
    const subnets = [
      { name: 'GatewaySubnet', properties: {} },
      { name: 'pods', properties: { delegations: [{ name: 'x' }] } },
      ...['machines', 'more'].map((name) => ({ name, properties: { delegations: [] } })),
    ]
    azure.resources.put(id, { location: REGION, properties: { subnets } })
    expect(await find('Net/prod')).toEqual({ id, subnet: `${id}/subnets/machines` })
    expect(await find('Net/prod/More')).toEqual({ id, subnet: `${id}/subnets/more` })
    const reasonOf = async (...args: Parameters<typeof find>) =>
      (await faultOf(find(...args))) as { reason?: string }
    expect((await reasonOf('Net/prod/none')).reason).toBe('the network has no such subnet')
    expect((await reasonOf('Net/nosuch')).reason).toBe('the subscription has no such network')
    expect((await reasonOf('Net/prod', 'eastus')).reason).toBe(`the network is in ${REGION}, not in eastus`)
    azure.resources.remove(groupOf('Net'))
  })
})
