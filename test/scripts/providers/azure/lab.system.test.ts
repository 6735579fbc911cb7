import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals'
import { cloudProvider } from '../../../services/cloud-providers.js'
import { no } from '../../../stand-in/azure-answer.js'
import { REGION, SUBSCRIPTION, TestAzure } from '../../../stand-in/azure.js'
import { NEWEST } from '../../../stand-in/azure-images.js'
import { useSandboxes, type Sandbox } from '../../../stand-in/sandbox.js'
import { readSource } from '../../../support/cli/support.js'
import { describeWith } from '../../../suite/lacking.js'

// An apply is a minute of the provider's own waits, and so is a destroy.
jest.setTimeout(1_800_000)

const makeSandbox = useSandboxes(() => env)
let azure: TestAzure
let env: Readonly<Record<string, string>>
const provider = await cloudProvider('azurerm')
const withProvider = describeWith(provider, 'azurerm')

beforeAll(async () => {
  azure = await TestAzure.start()
  env = { ...azure.env, TF_CLI_CONFIG_FILE: provider?.configFile ?? '' }
})
afterEach(() => azure.obey())
afterAll(() => azure.stop())

/** With the version of the provider that is on this computer. */
async function sandbox(): Promise<Sandbox> {
  const box = await makeSandbox()
  await box.configure(
    `region: ${REGION}\nallowFrom: 203.0.113.7\nproviderVersions: { azurerm: ${provider?.version} }\n`,
  )
  return box
}

const UP = ['up', 'web', '--profile', 'debian-12-azure', '--wait', 'none'] as const

/** After the others: it judges by what they asked. */
async function actionsBeyondRole(): Promise<string[]> {
  const { Actions } = JSON.parse(await readSource('docs/providers/azure-role.json')) as { Actions: string[] }
  // Azure does not care for the case of letters.
  const allowed = new Set(Actions.map((action) => action.toLowerCase()))
  return [...azure.actions].filter((action) => !allowed.has(action.toLowerCase())).sort()
}

withProvider('a lab on Azure', () => {
  test('is one group with one machine, open to the named network alone; and then nothing', async () => {
    const box = await sandbox()
    const up = (await box.ok(...UP, '-o', 'json')).json<{
      machines: { address: string; port: number; user: string }[]
      enforcers: unknown
    }>()
    const { tags, machines, image, account, expiresAt, state } = await box.record('web')
    expect(account).toBe(SUBSCRIPTION)
    const base = machines[0]?.id ?? ''
    const lab = base.replace(/-main$/, '')
    expect(azure.made).toEqual(
      [
        ...[`resourceGroups/${lab}`, `virtualNetworks/${lab}-network`, `networkSecurityGroups/${lab}-access`],
        ...[`publicIPAddresses/${base}-ip`, `networkInterfaces/${base}-nic`, `virtualMachines/${base}`],
        ...[`disks/${base}-disk`, `schedules/shutdown-computevm-${base}`],
      ].sort(),
    )
    const things = azure.resources.all
    const address = things.find(({ type }) => type.endsWith('/publicIPAddresses'))?.properties['ipAddress']
    expect(up.machines).toEqual([expect.objectContaining({ address, port: 22, user: 'debian' })])
    expect(up.enforcers).toEqual([
      { name: 'timer in the machine', state: 'armed' },
      { name: 'scheduled shutdown', state: 'armed' },
    ])
    expect({ state, image: image?.id }).toEqual({
      state: 'provisioned',
      image: `Debian:debian-12:12-gen2:${NEWEST}`,
    })
    for (const thing of things.filter(({ type }) => !type.endsWith('/disks')))
      expect([thing.name, thing.tags]).toEqual([thing.name, { ...tags, 'distrolab-expires': expiresAt }])
    const rules = things.find(({ type }) => type.endsWith('/networkSecurityGroups'))?.properties[
      'securityRules'
    ]
    expect(rules).toEqual([
      expect.objectContaining({
        properties: expect.objectContaining({
          sourceAddressPrefixes: ['203.0.113.7/32'],
          destinationPortRange: '22',
        }),
      }),
    ])

    // A second time nothing is made, and no image looked for.
    const { vmId } = azure.machine()?.properties ?? {}
    azure.obey()
    await box.ok(...UP)
    expect(azure.machine()?.properties['vmId']).toBe(vmId)
    expect(azure.times('PUT', '')).toBe(0)
    expect(azure.times('GET', '/artifacttypes/')).toBe(0)

    await rm(join(box.home, 'labs/web/tofu.tfstate'))
    azure.refuse('DELETE', '/resourceGroups/', no(409, 'ScopeLocked', 'The scope is locked.'))
    const refused = await box.run(['down', 'web'])
    expect(refused.code).toBe(6)
    expect(refused.stderr).toContain(`resource group ${lab} in ${REGION}`)
    expect((await box.record('web')).state).toBe('destroy-failed')
    azure.obey()
    await box.ok('down', 'web')
    expect(azure.made).toEqual([])
    expect((await box.ok('status', 'web')).stdout).toBe('destroyed\n')
  })

  test('that Azure refuses to make ends in the recorded state, the exit code and a hint; down removes the rest', async () => {
    const box = await sandbox()
    const refusals = [
      [409, 'SkuNotAvailable', 'It is currently not available here.', 5, 'cloud-capacity', 'regions'],
      [
        409,
        'OperationNotAllowed',
        'It exceeds: exceeding approved Total Regional Cores quota.',
        5,
        'cloud-quota',
        'az quota',
      ],
      [
        401,
        'ExpiredAuthenticationToken',
        'The token has expired.',
        7,
        'cloud-credentials-refused',
        'az login',
      ],
      [
        403,
        'AuthorizationFailed',
        "No right to perform action 'x/write'.",
        1,
        'cloud-forbidden',
        'docs azure',
      ],
      [
        409,
        'MissingSubscriptionRegistration',
        "Not registered to use namespace 'Microsoft.Compute'.",
        1,
        'cloud-service-disabled',
        'az provider register --namespace Microsoft.Compute',
      ],
    ] as const
    const expectRefused = async (what: readonly [string, string, number, string, string]): Promise<void> => {
      const [name, message, code, fault, hint] = what
      const up = await box.run(UP)
      expect([name, up.code]).toEqual([name, code])
      expect(up.stderr.replaceAll(/\s+/g, ' ')).toContain(message)
      expect(up.stderr).toContain(hint)
      const { state, failure } = await box.record('web')
      expect({ state, failure }).toMatchObject({
        state: 'provision-failed',
        failure: { step: 'apply', code: fault },
      })
    }
    for (const [status, name, message, ...rest] of refusals) {
      azure.refuse('PUT', '/virtualMachines/', no(status, name, message))
      await expectRefused([name, message, ...rest])
      expect(azure.times('PUT', '/virtualMachines/')).toBeLessThanOrEqual(4)
    }
    azure.failMachines('AllocationFailed', 'We do not have sufficient capacity for the requested VM size.')
    await expectRefused([
      'AllocationFailed',
      'We do not have sufficient capacity for the requested VM size.',
      ...([5, 'cloud-capacity', 'regions'] as const),
    ])
    azure.obey()
    await box.ok('down', 'web')
    expect(azure.made).toEqual([])
  })

  test('needs no rights but those of the role', async () => {
    expect(azure.actions).toContain('Microsoft.Compute/virtualMachines/write')
    expect(await actionsBeyondRole()).toEqual([])
  })
})
