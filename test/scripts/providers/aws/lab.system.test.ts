import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { rm } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals'
import type { LabChanges } from '../../../../scripts/lifecycle/plan/plan.js'
import { nothingMade, TestAws } from '../../../services/aws.js'
import { awsProvider } from '../../../services/aws-provider.js'
import { useSandboxes, type Sandbox } from '../../../stand-in/sandbox.js'
import { readSource } from '../../../support/cli/support.js'
import { describeWith } from '../../../suite/lacking.js'

// The provider's own program takes seconds to start, and waits ten for each instance.
jest.setTimeout(600_000)

const REGION = 'eu-west-1'
const CALLER = '203.0.113.7'
const makeSandbox = useSandboxes(() => env)
let aws: TestAws
let env: Readonly<Record<string, string>>
const addressPage = createServer((_request, response) => response.end(`${CALLER}\n`))

const provider = await awsProvider()
const withProvider = describeWith(provider, 'aws')

beforeAll(async () => {
  aws = await TestAws.start()
  addressPage.listen(0, '127.0.0.1')
  await once(addressPage, 'listening')
  const DISTROLAB_ADDRESS_URL = `http://127.0.0.1:${(addressPage.address() as AddressInfo).port}`
  env = { ...aws.env, TF_CLI_CONFIG_FILE: provider?.configFile ?? '', DISTROLAB_ADDRESS_URL }
})
afterEach(() => aws.obey())
afterAll(async () => {
  addressPage.close()
  await aws.stop()
})

/** With the version of the provider that is on this computer. */
async function sandbox(): Promise<Sandbox> {
  const box = await makeSandbox()
  await box.configure(`region: ${REGION}\nproviderVersions: { aws: ${provider?.version} }\n`)
  return box
}

const UP = ['up', 'web', '--profile', 'debian-12-aws', '--wait', 'none'] as const

/**
 * Everybody may ask who they are. The other one is moto's doing: it does not report a machine's groups in the default VPC, so
 * that the provider sets them again.
 */
const BESIDES = ['sts:GetCallerIdentity', 'ec2:ModifyNetworkInterfaceAttribute']
/** The same in a plan. */
const MOTOS_OWN = { address: 'aws_instance.main', action: 'update', attributes: ['vpc_security_group_ids'] }

/** After the others: it judges by what they asked. */
async function actionsBeyondPolicy(): Promise<string[]> {
  const policy = JSON.parse(await readSource('docs/providers/aws-policy.json')) as {
    Statement: { Action: string[] }[]
  }
  const allowed = new Set([...BESIDES, ...policy.Statement.flatMap(({ Action }) => Action)])
  return [...aws.actions].filter((action) => !allowed.has(action)).sort()
}

withProvider('a lab on AWS', () => {
  test('is one instance, one key pair and one group, open to this computer alone; and then nothing', async () => {
    const box = await sandbox()
    const wanted = (await box.ok('plan', '--profile', 'debian-12-aws', '-o', 'json')).json<LabChanges>()
    expect(wanted).toMatchObject({ lab: 'debian-12-aws', region: REGION, state: null })
    const made = ['aws_instance.main', 'aws_key_pair.lab_key', 'aws_security_group.lab_access']
    const creations = made.map((address) => ({ address, action: 'create', attributes: [] }))
    expect(wanted.changes).toEqual(creations)
    expect(await aws.made(REGION)).toEqual(nothingMade)

    const up = (await box.ok(...UP, '-o', 'json')).json<{
      machines: { address: string; port: number; user: string }[]
      enforcers: unknown
    }>()
    const { instances, groups, keys, volumes } = await aws.made(REGION)
    expect([instances.length, groups.length, keys.length, volumes.length]).toEqual([1, 1, 1, 1])
    const [instance] = instances
    expect(up.machines).toEqual([
      expect.objectContaining({ address: instance?.PublicIpAddress, port: 22, user: 'admin' }),
    ])
    expect(up.enforcers).toEqual([{ name: 'timer in the machine', state: 'armed' }])
    expect(instance).toMatchObject({ InstanceType: 't3.medium', MetadataOptions: { HttpTokens: 'required' } })
    expect(groups[0]?.IpPermissions).toEqual([
      expect.objectContaining({
        FromPort: 22,
        ToPort: 22,
        IpRanges: [expect.objectContaining({ CidrIp: `${CALLER}/32` })],
      }),
    ])
    const { tags, machines, image, allowFrom, account, expiresAt, state } = await box.record('web')
    expect({ state, account, allowFrom, image: image?.id }).toEqual({
      // Of everybody at moto's.
      account: '123456789012',
      state: 'provisioned',
      allowFrom: [`${CALLER}/32`],
      image: instance?.ImageId,
    })
    const marks = Object.fromEntries((instance?.Tags ?? []).map(({ Key, Value }) => [Key, Value]))
    expect(marks).toEqual({ ...tags, Name: machines[0]?.id, 'distrolab-expires': expiresAt })
    expect((await box.ok('status', 'web')).stdout).toBe('provisioned\n')

    const planned = async (...more: string[]) =>
      (await box.ok('plan', 'web', '-o', 'json', ...more)).json<LabChanges>()
    expect(await planned()).toMatchObject({ lab: 'web', state: 'provisioned', changes: [MOTOS_OWN] })
    const { changes } = await planned('--allow-from', '198.51.100.0/24')
    const opened = { address: 'aws_security_group.lab_access', action: 'update', attributes: ['ingress'] }
    expect(changes).toEqual([MOTOS_OWN, opened])

    // A newer image counts for nothing: none is looked for.
    const looked = aws.asked('DescribeImages')
    await box.ok(...UP)
    expect((await aws.made(REGION)).instances.map(({ InstanceId }) => InstanceId)).toEqual([
      instance?.InstanceId,
    ])
    expect(aws.asked('DescribeImages')).toBe(looked)

    await box.ok(...UP, '--allow-from', '198.51.100.0/24')
    const ranges = (await aws.made(REGION)).groups[0]?.IpPermissions?.[0]?.IpRanges
    expect(ranges?.map(({ CidrIp }) => CidrIp)).toEqual(['198.51.100.0/24'])

    await box.ok('down', 'web')
    expect(await aws.made(REGION)).toEqual(nothingMade)
    expect((await box.ok('status', 'web')).stdout).toBe('destroyed\n')
  })

  test('whose state is lost is found by its tags, and what AWS does not let go is told', async () => {
    const box = await sandbox()
    await box.ok(...UP)
    await rm(join(box.home, 'labs/web/tofu.tfstate'))
    aws.refuse('TerminateInstances', 403, 'UnauthorizedOperation', 'You are not authorized.')
    const refused = await box.run(['down', 'web'])
    expect(refused.code).toBe(6)
    const [instance] = (await aws.made(REGION)).instances
    expect(refused.stderr).toContain(`instance ${instance?.InstanceId} in ${REGION}`)
    expect((await box.record('web')).state).toBe('destroy-failed')
    aws.obey()
    await box.ok('down', 'web')
    expect(await aws.made(REGION)).toEqual(nothingMade)
  })

  test('that AWS refuses to make ends in the recorded state, the exit code and a hint; down removes the rest', async () => {
    const box = await sandbox()
    const refusals = [
      [500, 'InsufficientInstanceCapacity', 'We have no t3.medium there.', 5, 'cloud-capacity', 'regions'],
      [400, 'VcpuLimitExceeded', 'You have requested more vCPU.', 5, 'cloud-quota', 'service-quotas'],
      [400, 'RequestExpired', 'Request has expired.', 7, 'cloud-credentials-refused', 'aws sso login'],
      [503, 'RequestLimitExceeded', 'Request limit exceeded.', 1, 'cloud-throttled', 'Wait a minute'],
    ] as const
    for (const [status, name, message, code, fault, hint] of refusals) {
      aws.refuse('RunInstances', status, name, message)
      const up = await box.run(UP)
      expect([name, up.code]).toEqual([name, code])
      expect(up.stderr).toContain(message)
      expect(up.stderr).toContain(hint)
      const { state, failure } = await box.record('web')
      expect({ state, failure }).toMatchObject({
        state: 'provision-failed',
        failure: { step: 'apply', code: fault },
      })
      // Not 25 times, which would be most of an hour.
      expect(aws.asked('RunInstances')).toBeLessThanOrEqual(4)
    }
    aws.obey()
    await box.ok('down', 'web')
    expect(await aws.made(REGION)).toEqual(nothingMade)
  })

  test('needs no rights but those of the policy', async () => {
    expect(aws.actions).toContain('ec2:RunInstances')
    expect(await actionsBeyondPolicy()).toEqual([])
  })
})
