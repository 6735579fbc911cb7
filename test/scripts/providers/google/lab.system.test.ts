import { join } from 'node:path'
import { rm } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals'
import { cloudProvider } from '../../../services/cloud-providers.js'
import { GoogleCloud, nothingMade } from '../../../stand-in/google/google-cloud.js'
import { waitUntil } from '../../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../../stand-in/sandbox.js'
import { readSource } from '../../../support/cli/support.js'
import { describeWith } from '../../../suite/lacking.js'

// The provider's own program takes seconds to start.
jest.setTimeout(600_000)

const REGION = 'europe-west1'
const CALLER = '203.0.113.7'
const makeSandbox = useSandboxes(() => env)
let cloud: GoogleCloud
let env: Readonly<Record<string, string>>

const provider = await cloudProvider('google')
const withProvider = describeWith(provider, 'google')

beforeAll(async () => {
  cloud = await GoogleCloud.start()
  env = { ...cloud.env, TF_CLI_CONFIG_FILE: provider?.configFile ?? '' }
})
afterEach(() => cloud.obey())
afterAll(() => cloud.stop())

/** With the version of the provider that is on this computer. */
async function sandbox(): Promise<Sandbox> {
  const box = await makeSandbox()
  await box.configure(
    `region: ${REGION}\nproviderVersions: { google: ${provider?.version} }\nallowFrom: ${CALLER}\n`,
  )
  return box
}

/** Of the one instance that there is. */
const addressNow = () => cloud.made.instances[0]?.networkInterfaces[0]?.accessConfigs[0]?.natIP

const UP = ['up', 'web', '--profile', 'debian-12-google', '--wait', 'none'] as const
const FAMILY = 'projects/debian-cloud/global/images/family/debian-12'

/** After the others: it judges by what they asked. */
async function permissionsBeyondRole(): Promise<string[]> {
  const role = JSON.parse(await readSource('docs/providers/google-role.json')) as {
    includedPermissions: string[]
  }
  const allowed = new Set(role.includedPermissions)
  return [...cloud.permissions].filter((permission) => !allowed.has(permission)).sort()
}

withProvider('a lab on Google Cloud', () => {
  test('is one instance and two rules, open to this computer alone; it is extended; and then nothing', async () => {
    const box = await sandbox()
    const up = (await box.ok(...UP, '-o', 'json')).json<{
      machines: { address: string; port: number; user: string }[]
      enforcers: unknown
    }>()
    const { instances, disks, firewalls, networks, subnetworks } = cloud.made
    expect([instances.length, disks.length, firewalls.length, networks.length, subnetworks.length]).toEqual([
      ...[1, 1, 2, 0, 0],
    ])
    const [instance] = instances
    expect(up.machines).toEqual([
      expect.objectContaining({ address: addressNow(), port: 22, user: 'debian' }),
    ])
    expect(up.enforcers).toEqual([{ name: 'termination time of the machine', state: 'armed' }])
    expect(firewalls).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ priority: 900, sourceRanges: ['0.0.0.0/0'] }),
        expect.objectContaining({ priority: 800, sourceRanges: [`${CALLER}/32`] }),
      ]),
    )
    const { tags, machines, image, allowFrom, account, expiresAt, state } = await box.record('web')
    expect({ state, account, allowFrom }).toEqual({
      state: 'provisioned',
      account: 'tests',
      allowFrom: [`${CALLER}/32`],
    })
    expect(image?.id).toBe('projects/debian-cloud/global/images/debian-12-v1')
    expect(disks[0]).toMatchObject({ sourceImage: image?.id, sizeGb: '20' })
    expect(instance).toMatchObject({ name: machines[0]?.id, labels: tags })
    expect(instance).not.toHaveProperty('serviceAccounts')
    expect(instance?.scheduling).toMatchObject({
      instanceTerminationAction: 'DELETE',
      terminationTime: expiresAt,
    })
    expect((await box.ok('status', 'web')).stdout).toBe('provisioned\n')

    // A newer image counts for nothing: none is looked for.
    const looked = cloud.asked('compute.images.getFromFamily')
    cloud.publish(FAMILY)
    await box.ok(...UP)
    expect(cloud.made.instances.map(({ id }) => id)).toEqual([instance?.['id']])
    expect(cloud.asked('compute.images.getFromFamily')).toBe(looked)

    const extended = (await box.ok('extend', 'web', '--ttl', '9h', '-o', 'json')).json<{
      expiresAt: string
      enforcers: unknown
    }>()
    expect(extended.enforcers).toEqual([{ name: 'termination time of the machine', state: 'armed' }])
    const [moved] = cloud.made.instances
    expect(moved?.scheduling).toMatchObject({ terminationTime: extended.expiresAt })
    expect(moved?.status).toBe('RUNNING')
    expect((await box.record('web')).machines).toMatchObject([{ address: addressNow() }])

    await box.ok(...UP, '--allow-from', '198.51.100.0/24')
    expect(cloud.made.instances.map(({ id }) => id)).toEqual([instance?.['id']])
    expect(cloud.made.instances[0]?.scheduling).toMatchObject({ terminationTime: extended.expiresAt })
    expect(cloud.made.firewalls).toContainEqual(
      expect.objectContaining({ priority: 800, sourceRanges: ['198.51.100.0/24'] }),
    )

    // One that was switched off is switched on, and found where it is then.
    cloud.compute.act(`zones/${REGION}-b/instances/${instance?.name}`, 'stop', {})
    await box.ok(...UP)
    const [started] = cloud.made.instances
    expect(started).toMatchObject({ id: instance?.['id'], status: 'RUNNING' })
    expect((await box.record('web')).machines).toMatchObject([{ address: addressNow() }])

    await box.ok('down', 'web')
    expect(cloud.made).toEqual(nothingMade)
    expect((await box.ok('status', 'web')).stdout).toBe('destroyed\n')
  })

  test('whose state is lost is found by its labels and names, and what Google does not let go is told', async () => {
    const box = await sandbox()
    await box.ok(...UP)
    await rm(join(box.home, 'labs/web/tofu.tfstate'))
    const missing = "Required 'compute.instances.delete' permission for 'projects/tests'"
    cloud.refuse('compute.instances.delete', 403, missing, 'forbidden')
    const refused = await box.run(['down', 'web'])
    expect(refused.code).toBe(6)
    const name = cloud.made.instances[0]?.name
    expect(refused.stderr).toContain(`zones/${REGION}-b/instances/${name}`)
    expect((await box.record('web')).state).toBe('destroy-failed')
    cloud.obey()
    await box.ok('down', 'web')
    expect(cloud.made).toEqual(nothingMade)
  })

  test('that Google refuses to make ends in the recorded state, the exit code and a hint; down removes the rest', async () => {
    const box = await sandbox()
    const zone = `projects/tests/zones/${REGION}-b`
    const make = 'compute.instances.create'
    const refusals = [
      [
        () =>
          cloud.fail(
            make,
            'ZONE_RESOURCE_POOL_EXHAUSTED',
            `The zone '${zone}' does not have enough resources available to fulfill the request.  Try a different zone, or try again later.`,
          ),
        ...([5, 'cloud-capacity', 'distrolab regions --provider google'] as const),
      ],
      [
        () => cloud.fail(make, 'QUOTA_EXCEEDED', `Quota 'CPUS' exceeded.  Limit: 8.0 in region ${REGION}.`),
        ...([5, 'cloud-quota', 'gcloud compute regions describe'] as const),
      ],
      [
        () => cloud.refuse(make, 401, 'Request had invalid authentication credentials.', 'authError'),
        ...([7, 'cloud-credentials-refused', 'gcloud auth application-default login'] as const),
      ],
      [
        () => cloud.refuse(make, 403, `Required '${make}' permission for '${zone}/instances/x'`, 'forbidden'),
        ...([1, 'cloud-forbidden', 'distrolab docs google'] as const),
      ],
      [
        () => cloud.refuse(make, 403, 'Rate Limit Exceeded', 'rateLimitExceeded'),
        ...([1, 'cloud-throttled', 'Wait a minute'] as const),
      ],
    ] as const
    for (const [refuse, code, fault, hint] of refusals) {
      refuse()
      const up = await box.run(UP)
      expect([fault, up.code]).toEqual([fault, code])
      expect(up.stderr).toContain(hint)
      const { state, failure } = await box.record('web')
      expect({ state, failure }).toMatchObject({
        state: 'provision-failed',
        failure: { step: 'apply', code: fault },
      })
      cloud.obey()
    }
    await box.ok('down', 'web')
    expect(cloud.made).toEqual(nothingMade)
  })

  test('whose making is interrupted has a record from which down removes all of it', async () => {
    const box = await sandbox()
    cloud.hold('compute.instances.create')
    const up = box.start(UP)
    await waitUntil(
      'the instance',
      () => cloud.asked('compute.instances.create') > 0 && cloud.made.instances.length > 0,
      120_000,
    )
    up.signal('SIGINT')
    expect((await up.done).code).toBe(130)
    expect(await box.record('web')).toMatchObject({ state: 'provision-failed' })
    expect(cloud.made.instances).toHaveLength(1)
    cloud.obey()
    await box.ok('down', 'web')
    expect(cloud.made).toEqual(nothingMade)
  })

  test('needs no rights but those of the role', async () => {
    expect(cloud.permissions).toContain('compute.instances.create')
    expect(await permissionsBeyondRole()).toEqual([])
  })
})
