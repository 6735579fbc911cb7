import { afterEach, describe, expect, test } from '@jest/globals'
import { openCompute } from '../../../../scripts/providers/google/client.js'
import { endsAt, markExpiry, moveEnd } from '../../../../scripts/providers/google/expiry.js'
import { findImage, findNewestImage } from '../../../../scripts/providers/google/image.js'
import {
  findInstances,
  instanceNamed,
  labelFilter,
  readConsole,
  startInstance,
  stopInstance,
  type GoogleInstance,
} from '../../../../scripts/providers/google/instances.js'
import { findThings, removeThings } from '../../../../scripts/providers/google/leftovers.js'
import { findNetwork } from '../../../../scripts/providers/google/network.js'
import { LabError } from '../../../../scripts/errors.js'
import { GoogleCloud, nothingMade } from '../../../stand-in/google/google-cloud.js'
import { useCloudHere } from '../../../stand-in/use-cloud.js'
import { faultOf } from '../../../support/cli/support.js'

const REGION = 'europe-west1'
const ZONE = `zones/${REGION}-c`
const debian = { project: 'debian-cloud', family: 'debian-13' }
const SOON = '2026-11-21T14:00:00.000Z'
const LATER = '2026-11-21T16:00:00.000Z'
const now = Date.parse('2026-11-21T12:00:00.000Z')
const never = new AbortController().signal
const cloud = await useCloudHere(GoogleCloud.start())

const labAt = (lab: string, incarnation?: string) => ({
  id: `distrolab-0a1b2c3d-${lab}`,
  region: REGION,
  machines: [`distrolab-0a1b2c3d-${lab}-main`],
  tags: {
    'distrolab-lab': lab,
    'distrolab-backend': '0a1b2c3d',
    ...(incarnation === undefined ? {} : { 'distrolab-incarnation': incarnation }),
  },
})

/** What a lab leaves when nobody knows of it any more: an instance with its disk, its rules and a network of its own. */
async function makeLab(lab: string): Promise<string> {
  const { id, tags: labels } = labAt(lab)
  const sourceImage = `projects/debian-cloud/global/images/${debian.family}-v1`
  const scheduling = { instanceTerminationAction: 'DELETE', terminationTime: SOON }
  const name = `${id}-main`
  const api = openCompute()
  const description = `distrolab-lab=${lab} distrolab-backend=0a1b2c3d distrolab-expires=never`
  await api.change('POST', 'global/networks', { name: id, description })
  await api.change('POST', `regions/${REGION}/subnetworks`, { name: id, description })
  for (const rule of ['ssh', 'deny'])
    await api.change('POST', 'global/firewalls', { name: `${id}-${rule}`, description })
  await api.change('POST', `${ZONE}/instances`, {
    name,
    labels,
    scheduling,
    metadata: { items: [] },
    networkInterfaces: [{ network: id }],
    disks: [{ boot: true, initializeParams: { sourceImage, diskSizeGb: '20', labels } }],
  })
  return name
}

async function only(name: string): Promise<GoogleInstance> {
  const [instance, other] = await instanceNamed(name)
  if (instance === undefined || other !== undefined) throw new Error(`not one ${name}`)
  return instance
}

const removeAll = (lab: string, refused: string[] = []) =>
  removeThings(labAt(lab), {
    signal: never,
    onRefused: ({ kind }, { fault }) => refused.push(`${kind}: ${fault.code}`),
  })

describe('an image', () => {
  test('is the newest of its family, with the disk that it needs', async () => {
    const image = await findNewestImage(debian)
    const name = 'debian-13-v1'
    expect(image).toEqual({
      id: `projects/debian-cloud/global/images/${name}`,
      name,
      diskGiB: 12,
      createdAt: '2026-11-01T03:00:00.000Z',
    })
    expect(await findImage(image?.id ?? '')).toEqual(image)
    cloud.publish('projects/debian-cloud/global/images/family/debian-13')
    expect((await findNewestImage(debian))?.name).toBe('debian-13-v2')
    expect((await findImage(image?.id ?? '')).name).toBe(name)
  })

  test('of a family that nobody publishes is none', async () => {
    expect(await findNewestImage({ ...debian, family: 'debian-1' })).toBeUndefined()
  })

  test('that a lab is pinned to and that is gone, is told as such', async () => {
    const id = 'projects/debian-cloud/global/images/debian-13-v0'
    expect(await faultOf(findImage(id))).toEqual({
      code: 'cloud-image-gone',
      provider: 'google',
      reason: id,
    })
  })
})

describe('what Google has of a lab', () => {
  test('is found in all zones by its labels, and by its names; all of it is removed, and that of another stays', async () => {
    const name = await makeLab('mine')
    await makeLab('yours')
    const kinds = (await findThings(labAt('mine'))).map(({ kind }) => kind)
    expect(kinds.sort()).toEqual(['disk', 'firewall', 'firewall', 'instance', 'network', 'subnetwork'])
    expect(await findInstances(labelFilter(labAt('mine').tags))).toMatchObject([{ name, status: 'RUNNING' }])
    expect(await removeAll('mine')).toEqual([])
    expect(await findThings(labAt('yours'))).toHaveLength(6)
    expect(await removeAll('yours')).toEqual([])
    expect(cloud.made).toEqual(nothingMade)
  })

  test('is told from what only has its names, which stays', async () => {
    await makeLab('twin')
    const onRefused = (): never => {
      throw new Error('nothing was asked for')
    }
    const remains = await removeThings(labAt('twin', 'c0ffee123456'), { signal: never, onRefused })
    expect(remains.map(({ kind }) => kind).sort()).toEqual([
      ...['disk', 'firewall', 'firewall', 'instance', 'network', 'subnetwork'],
    ])
    expect(remains.filter(({ isOurs }) => isOurs)).toEqual([])
    expect(await findThings(labAt('twin'))).toHaveLength(6)
    expect(await removeAll('twin')).toEqual([])
  })

  test('and does not let go is returned, with the reason told', async () => {
    await makeLab('kept')
    cloud.fail('compute.networks.delete', 'RESOURCE_IN_USE_BY_ANOTHER_RESOURCE', 'It is in use.')
    cloud.refuse(
      'compute.firewalls.delete',
      403,
      "Required 'compute.firewalls.delete' permission",
      'forbidden',
    )
    const refused: string[] = []
    const left = (await removeAll('kept', refused)).map(({ path }) => path)
    const id = 'distrolab-0a1b2c3d-kept'
    expect(left.sort()).toEqual([
      ...[`global/firewalls/${id}-deny`, `global/firewalls/${id}-ssh`, `global/networks/${id}`],
    ])
    expect(refused.sort()).toEqual([
      ...['firewall: cloud-forbidden', 'firewall: cloud-forbidden', 'network: cloud-in-use'],
    ])
    cloud.obey()
    expect(await removeAll('kept')).toEqual([])
  })

  test('is not taken for nothing when Google may not be asked', async () => {
    cloud.refuse('compute.disks.list', 403, "Required 'compute.disks.list' permission for 'x'", 'forbidden')
    expect(await faultOf(removeAll('any'))).toMatchObject({
      code: 'cloud-forbidden',
      reason: expect.stringContaining("'compute.disks.list'"),
    })
  })
})

describe('a machine', () => {
  afterEach(() => removeAll('one'))

  test('that is off is switched on and has an address; its console is read from its end', async () => {
    const name = await makeLab('one')
    await stopInstance(name, never)
    await stopInstance(name, never)
    expect(await only(name)).toMatchObject({ status: 'TERMINATED', address: undefined })
    const address = await startInstance(name, never)
    expect(await only(name)).toMatchObject({ status: 'RUNNING', address })
    expect(await readConsole(await only(name), 2)).toBe('console line 38\nconsole line 39')
  })

  test('that is not there cannot be switched on', async () => {
    const fault = await faultOf(startInstance('nobody', never))
    expect(fault).toEqual({ code: 'cloud-machine-missing', provider: 'google', machine: 'nobody' })
  })

  test('that is off is given another end without being switched on', async () => {
    const name = await makeLab('one')
    await openCompute().change('POST', `${ZONE}/instances/${name}/stop`)
    const options = { now, onRestart: () => expect('restarted').toBe('not') }
    expect(await moveEnd(openCompute(), await only(name), LATER, options)).toBeUndefined()
    const moved = await only(name)
    expect([moved.status, endsAt(moved, LATER), endsAt(moved, SOON)]).toEqual(['TERMINATED', true, false])
  })

  test('that runs is restarted for another end, and told nothing when it has that end already', async () => {
    const name = await makeLab('one')
    const { address } = await only(name)
    const restarts: string[] = []
    const options = { now, onRestart: () => restarts.push(name) }
    const other = await moveEnd(openCompute(), await only(name), LATER, options)
    expect(other).toBeDefined()
    expect(other).not.toBe(address)
    expect(await only(name)).toMatchObject({ status: 'RUNNING', address: other })
    expect(await moveEnd(openCompute(), await only(name), LATER, options)).toBeUndefined()
    expect(restarts).toEqual([name])
    await moveEnd(openCompute(), await only(name), null, options)
    expect((await only(name)).scheduling).toEqual({})
  })

  test('runs again when its end could not be moved after all', async () => {
    const name = await makeLab('one')
    cloud.refuse('compute.instances.setScheduling', 400, 'No.', 'invalid')
    const fault = await faultOf(
      moveEnd(openCompute(), await only(name), LATER, { now, onRestart: () => undefined }),
    )
    expect(fault).toMatchObject({ code: 'cloud-failed', reason: 'googleapi: Error 400: No., invalid' })
    expect(await only(name)).toMatchObject({ status: 'RUNNING' })
  })

  test('is not restarted where moving its end is not allowed', async () => {
    const name = await makeLab('one')
    cloud.refuse('compute.instances.setScheduling', 403, "Required 'x' permission for 'y'", 'forbidden')
    const options = { now, onRestart: () => expect('restarted').toBe('not') }
    const fault = await faultOf(moveEnd(openCompute(), await only(name), LATER, options))
    expect(fault).toMatchObject({ code: 'cloud-forbidden' })
    expect(cloud.asked('compute.instances.stop')).toBe(0)
  })

  test('is marked with its end beside its other labels', async () => {
    const name = await makeLab('one')
    await markExpiry(openCompute(), await only(name), LATER)
    expect((await only(name)).labels).toEqual({
      ...labAt('one').tags,
      'distrolab-expires': '2026-11-21t16-00-00-000z',
    })
  })
})

const OFF =
  'Compute Engine API has not been used in project 123 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/compute.googleapis.com/overview?project=123 then retry.'

test.each([
  [401, 'Request had invalid authentication credentials.', 'authError', 'cloud-credentials-refused'],
  [403, "Required 'compute.instances.list' permission for 'p'", 'forbidden', 'cloud-forbidden'],
  [403, OFF, 'accessNotConfigured', 'cloud-service-disabled'],
  [403, "Quota 'CPUS' exceeded. Limit: 8.0 in region x.", 'quotaExceeded', 'cloud-quota'],
  [403, 'Rate Limit Exceeded', 'rateLimitExceeded', 'cloud-throttled'],
  [400, 'Invalid value.', 'invalid', 'cloud-failed'],
])('an answer %d "%s" (%s) is %s', async (status, message, reason, code) => {
  cloud.refuse('compute.instances.list', status, message, reason)
  const fault = await faultOf(instanceNamed('any'))
  expect(fault).toMatchObject({ code, provider: 'google', reason: expect.stringContaining(message) })
})

describe('a network of the project', () => {
  const reasons: string[] = []
  const find = (given: string, region = REGION) =>
    findNetwork({
      given,
      region,
      zone: undefined,
      signal: never,
      unfit(reason) {
        reasons.push(reason)
        return new LabError({ code: 'network-unfit', provider: 'google', network: given, reason })
      },
    })

  test('in custom mode gives its subnetwork for machines in the region, or the named one', async () => {
    const api = openCompute()
    const at = (region: string, name: string): string =>
      `https://compute.googleapis.com/compute/v1/projects/tests/regions/${region}/subnetworks/${name}`
    const subnetworks = [
      at(REGION, 'a-proxies'),
      at(REGION, 'machines'),
      at(REGION, 'more'),
      at('us-west1', 'x'),
    ]
    await api.change('POST', 'global/networks', { name: 'prod', autoCreateSubnetworks: false, subnetworks })
    const purpose = 'REGIONAL_MANAGED_PROXY'
    await api.change('POST', `regions/${REGION}/subnetworks`, { name: 'a-proxies', purpose })
    await api.change('POST', `regions/${REGION}/subnetworks`, { name: 'machines', purpose: 'PRIVATE' })
    expect(await find('prod')).toEqual({ id: 'prod', subnet: 'machines' })
    expect(await find('prod/more')).toEqual({ id: 'prod', subnet: 'more' })
    for (const [given, region] of [['prod/none'], ['prod', 'europe-north1'], ['nosuch']] as const)
      expect(await faultOf(find(given, region))).toMatchObject({ code: 'network-unfit' })
    expect(reasons).toEqual([
      `the network has no such subnetwork in ${REGION}`,
      `the network has no subnetwork for machines in europe-north1; its subnetworks are in ${REGION}, us-west1`,
      expect.stringMatching(/^the project .* has no such network$/),
    ])
    for (const path of ['a-proxies', 'machines'])
      await api.change('DELETE', `regions/${REGION}/subnetworks/${path}`)
    await api.change('DELETE', 'global/networks/prod')
  })
})
