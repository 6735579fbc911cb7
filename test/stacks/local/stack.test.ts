import { describe, expect, test } from '@jest/globals'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { synthesiseLab } from '../../../stacks/app.js'
import { parseInput } from '../../../local-vm/machine/validate.js'
import { privateMacAddress } from '../../../stacks/naming.js'
import { labSpec } from '../../support/stacks/lab-plan.js'

interface Resource {
  readonly input: Record<string, unknown>
  readonly triggers_replace: unknown
  readonly provisioner?: readonly { readonly 'local-exec': Record<string, unknown> }[]
}
interface Lab {
  readonly resource: { readonly terraform_data: Readonly<Record<string, Resource>> }
  readonly output: { readonly machines: { readonly value: unknown } }
  readonly terraform: Record<string, unknown>
}
const synthesised = async (...args: Parameters<typeof labSpec>): Promise<Lab> =>
  JSON.parse(await synthesiseLab(labSpec(...args))) as Lab

const lab = await synthesised()
const { main, 'main-boot': boot } = lab.resource.terraform_data

/** What may differ without the lab being another one. */
const SCRUBBED: readonly { readonly name: string; readonly pattern: RegExp; readonly by: string }[] = [
  { name: "cdktf's own version", pattern: /"version": "\d+\.\d+\.\d+"/g, by: '"version": "<cdktf>"' },
]

test('is the lab of the golden file (UPDATE_GOLDEN=1 writes it anew)', async () => {
  const path = fileURLToPath(new URL('../../../../test/stacks/local/golden/lab.json', import.meta.url))
  const text = SCRUBBED.reduce(
    (result, { pattern, by }) => result.replaceAll(pattern, by),
    await synthesiseLab(labSpec()),
  )
  if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(path, text)
  // The file is laid out by Prettier; the order of its keys counts all the same.
  const golden = JSON.parse(await readFile(path, 'utf8')) as unknown
  expect(text).toBe(`${JSON.stringify(golden, null, 2)}\n`)
})

describe('a machine', () => {
  test('is two built-in resources, and nothing else is in the lab', () => {
    expect(Object.keys(lab.resource)).toEqual(['terraform_data'])
    expect(Object.keys(lab.resource.terraform_data).sort()).toEqual(['main', 'main-boot'])
    expect(lab).not.toHaveProperty('provider')
  })

  test('itself only has the driver destroy it, so that a half-made VM is removed too', () => {
    expect(main?.provisioner).toEqual([
      {
        'local-exec': {
          when: 'destroy',
          interpreter: ['/usr/bin/node', '/opt/distrolab/driver.js', 'destroy'],
          // Its own folder, not one that a state names.
          command: '{"id":"distrolab-0a1b2c3d-demo-main","directory":"/home/anna/machines/demo/main"}',
        },
      },
    ])
  })

  test('has a card in the private network if it has an address there, and otherwise nothing of it', async () => {
    const twins = ['source', 'target'].map((name, index) => ({
      name,
      user: 'debian',
      sshPort: 22_001 + index,
      directory: `/home/anna/machines/demo/${name}`,
      privateAddress: `198.19.77.${11 + index}`,
    }))
    const both = (await synthesised({ machines: twins })).resource.terraform_data
    const specs = twins.map(({ name }) => parseInput('create', JSON.stringify(both[`${name}-boot`]?.input)))
    expect(specs.map(({ network }) => network?.macAddress)).toEqual(
      twins.map(({ name }) => privateMacAddress(`distrolab-0a1b2c3d-demo-${name}`)),
    )
    for (const [index, { network, seed }] of specs.entries()) {
      expect(seed.networkConfig).toContain(network?.macAddress)
      expect(seed.networkConfig).toContain(`198.19.77.${11 + index}/24`)
    }
    expect(JSON.stringify(boot)).not.toMatch(/198\.19|"network"/)
  })

  test('boots by the other one, which only has the driver create it', async () => {
    const cold = (await synthesised({ isCold: true })).resource.terraform_data['main-boot']
    expect(cold?.provisioner).toEqual([
      {
        'local-exec': {
          interpreter: ['/usr/bin/node', '/opt/distrolab/driver.js', 'create'],
          command: '${jsonencode(self.input)}',
        },
      },
    ])
    expect(boot?.triggers_replace).toEqual({ machine: '${terraform_data.main.id}' })
  })

  test('lets it be a clone by the command alone: the machine is the same with and without --cold', async () => {
    const cold = (await synthesised({ isCold: true })).resource.terraform_data['main-boot']
    expect(cold?.input).toEqual(boot?.input)
    const command = JSON.stringify(boot?.provisioner)
    const wish = /merge\(self\.input, \{ warm = jsondecode\(base64decode\(\\"([^\\]+)/.exec(command)?.[1]
    const warm = JSON.parse(Buffer.from(wish ?? '', 'base64').toString()) as object
    expect(parseInput('create', JSON.stringify({ ...(boot?.input as object), warm })).warm).toMatchObject({
      user: 'debian',
      authorizedKeys: ['ssh-ed25519 AAAA'],
    })
  })

  test('gives the driver what it accepts, verb by verb', () => {
    expect(parseInput('create', JSON.stringify(boot?.input))).toMatchObject({ sshPort: 22_001, vcpus: 2 })
    expect(parseInput('destroy', JSON.stringify(main?.input))).toMatchObject({
      id: 'distrolab-0a1b2c3d-demo-main',
      directory: '/home/anna/machines/demo/main',
    })
  })

  test('is replaced when its pinned image changes, and not when its size or its time does', async () => {
    const pinned = (await synthesised({ imageId: 'sha256:aa' })).resource.terraform_data['main']
    expect(pinned?.triggers_replace).not.toEqual(main?.triggers_replace)
    const larger = await synthesised({
      size: { instanceType: '4x8192', vcpus: 4, memoryMiB: 8192, diskGiB: 10 },
    })
    expect(larger.resource.terraform_data['main']).toEqual(main)
    const extended = (await synthesised({ expiresAt: null })).resource.terraform_data
    expect(extended['main']).toEqual(main)
    expect(extended['main-boot']?.triggers_replace).toEqual(boot?.triggers_replace)
  })
})

test('the output says how each machine is reached, on loopback only', async () => {
  const machines = ['main', 'target'].map((name, n) => ({
    name,
    user: 'debian',
    sshPort: 22_001 + n,
    directory: `/m/${name}`,
  }))
  const two = await synthesised({ machines })
  expect(Object.keys(two.resource.terraform_data)).toHaveLength(4)
  expect(two.output.machines.value).toEqual({
    main: { address: '127.0.0.1', port: 22_001, user: 'debian' },
    target: { address: '127.0.0.1', port: 22_002, user: 'debian' },
  })
})

test('the state is where the record says', () => {
  expect(lab.terraform).toMatchObject({ backend: { local: { path: '/home/anna/labs/demo/tofu.tfstate' } } })
})

test('nothing private is in it', () => {
  expect(JSON.stringify(lab)).not.toMatch(/PRIVATE KEY|password|secret|token/i)
})

test('the same values give the same bytes, so that a plan shows no change', async () => {
  expect(await synthesiseLab(labSpec())).toBe(await synthesiseLab(labSpec()))
})
