import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { LabRecord } from '../../../backend/record-schema.js'
import { TestAws } from '../../services/aws.js'
import { readProviderSchema } from '../../support/stacks/cloud-labs.js'
import { checkConfiguration } from '../../support/stacks/schema-check.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { shellProgram } from '../../support/cli/executables.js'
import '../../support/cli/support.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()
const ASKED = ['--zone', 'b', '--disk', '60', '--spot', '--allow-from', '203.0.113.7']

interface Configuration {
  readonly resource: Readonly<Record<string, { readonly main?: Readonly<Record<string, unknown>> }>>
}

const files = async (box: Sandbox, ...args: string[]): Promise<Configuration> =>
  (await box.ok('synth', ...args)).json<Configuration>()

describe('--zone, --disk and --spot', () => {
  test('reach the machine on AWS', async () => {
    const box = await makeSandbox()
    const made = await files(box, '--profile', 'debian-aws', '--region', 'eu-west-1', ...ASKED)
    expect(made.resource['aws_instance']?.main).toMatchObject({
      availability_zone: 'eu-west-1b',
      instance_market_options: { market_type: 'spot' },
    })
    expect(JSON.stringify(made)).toContain('max(concat([60]')
    expect(checkConfiguration(made, await readProviderSchema('aws'))).toEqual([])
  })

  test('reach the machine on Google Cloud and Azure', async () => {
    const box = await makeSandbox()
    const google = await files(box, '--profile', 'debian-google', '--region', 'europe-west4', ...ASKED)
    expect(google.resource['google_compute_instance']?.main).toMatchObject({
      zone: 'europe-west4-b',
      scheduling: { provisioning_model: 'SPOT' },
    })
    expect(checkConfiguration(google, await readProviderSchema('google'))).toEqual([])
    const azure = await files(box, '--profile', 'debian-azure', ...ASKED.slice(2), '--zone', '2')
    expect(azure.resource['azurerm_linux_virtual_machine']?.main).toMatchObject({
      zone: '2',
      priority: 'Spot',
      os_disk: { disk_size_gb: 60 },
    })
    expect(checkConfiguration(azure, await readProviderSchema('azure'))).toEqual([])
  })

  test('may be of a named profile, and a flag wins', async () => {
    const box = await makeSandbox()
    const cheap =
      'distro: debian-12, provider: aws, region: eu-west-1, zone: c, disk: 70, spot: true, arch: arm64'
    await box.configure(`profiles:\n  cheap: {${cheap}}\n`)
    const named = (await files(box, '--profile', 'cheap')).resource['aws_instance']?.main
    expect(named).toMatchObject({ availability_zone: 'eu-west-1c', instance_type: 't4g.medium' })
    expect(named).toHaveProperty('instance_market_options')
    const other = await files(
      box,
      '--profile',
      'cheap',
      '--zone',
      'a',
      '--spot=false',
      '--region',
      'eu-north-1',
    )
    expect(other.resource['aws_instance']?.main).toMatchObject({ availability_zone: 'eu-north-1a' })
    expect(other.resource['aws_instance']?.main).not.toHaveProperty('instance_market_options')
  })

  test('--disk is what a machine on this computer gets, and is recorded', async () => {
    const box = await makeSandbox()
    await box.ok('up', '--profile', 'debian-local', '--disk', '33', '--wait', 'none')
    expect((await box.record('debian-local')).size.diskGiB).toBe(33)
    const { virtualSize } = await overlayOf(box)
    expect(virtualSize).toBe(33 * 1024 ** 3)
    const other = await box.run(['up', 'debian-local', '--disk', '44'])
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('was created with 33, not 44')])
    await box.ok('up', 'debian-local', '--disk', '33', '--wait', 'none')
  })

  test.each([
    [['debian-local', '--zone', 'b'], 'local has no zones'],
    [['debian-local', '--spot'], 'local machines cost nothing'],
    [['debian-local', '--disk', '1'], 'the image needs 3 GiB, got 1'],
    [['debian-azure', '--disk', '20'], 'the image needs 30 GiB, got 20'],
    [
      ['debian-aws', '--region', 'eu-west-1', '--zone', 'us-east-1a'],
      'expected a zone of eu-west-1 such as eu-west-1a',
    ],
    [['debian-azure', '--zone', 'a'], '--zone: expected a zone of'],
  ])('%j is refused', async ([profile = '', ...args], message) => {
    const box = await makeSandbox()
    const run = await box.run(['synth', '--profile', profile, ...args])
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(message)])
  })
})

async function overlayOf(box: Sandbox): Promise<{ virtualSize: number }> {
  const { execFileSync } = await import('node:child_process')
  const folder = (await box.record('debian-local')).machines[0]?.place ?? ''
  const told = execFileSync('qemu-img', ['info', '-U', '--output=json', join(folder, 'overlay.qcow2')])
  return { virtualSize: (JSON.parse(told.toString()) as { 'virtual-size': number })['virtual-size'] }
}

describe('a lab on AWS', () => {
  let aws: TestAws
  beforeAll(async () => {
    aws = await TestAws.start()
  })
  afterAll(() => aws.stop())

  /** An engine that makes nothing. */
  const env = ({ root }: Sandbox) => {
    const outputs = { machines: { value: { main: { address: '192.0.2.7', port: 22, user: 'admin' } } } }
    const line = JSON.stringify({ type: 'outputs', outputs })
    const script = `case "$1" in version) echo '{"terraform_version":"1.6.2"}' ;; apply) echo '${line}' ;; esac`
    return { ...aws.env, DISTROLAB_TOFU: shellProgram(join(root, 'bin/engine'), script) }
  }

  test('keeps the zone, disk and kind it was created with, whoever writes its files; another one is refused', async () => {
    const box = await makeSandbox()
    const up = ['up', 'web', '--profile', 'debian-12-aws', '--region', 'eu-west-1', '--wait', 'none']
    const made = await box.run([...up, ...ASKED], { env: env(box) })
    expect([made.code, made.stderr]).toEqual([0, expect.any(String)])
    const record = (await box.ok('status', 'web', '-o', 'json')).json<LabRecord>()
    expect(record).toMatchObject({
      region: 'eu-west-1',
      zone: 'eu-west-1b',
      spot: true,
      size: { diskGiB: 60 },
    })
    const { resource } = await files(box, 'web')
    expect(resource['aws_instance']?.main).toMatchObject({
      availability_zone: 'eu-west-1b',
      root_block_device: { volume_size: 60 },
      instance_market_options: { market_type: 'spot' },
    })
    for (const other of [['--zone', 'a'], ['--spot=false'], ['--disk', '70']]) {
      const run = await box.run(['up', 'web', '--wait', 'none', ...other], { env: env(box) })
      expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('web was created with')])
    }
    const same = await box.run(['up', 'web', '--wait', 'none', '--zone', 'b', '--disk', '60'], {
      env: env(box),
    })
    expect(same.code).toBe(0)
  })

  test('that asks for less than its image needs is refused when the image says so', async () => {
    const box = await makeSandbox()
    const up = ['up', 'web', '--profile', 'debian-12-aws', '--region', 'eu-west-1', '--wait', 'none']
    const run = await box.run([...up, '--allow-from', '203.0.113.7', '--disk', '9'], { env: env(box) })
    expect([run.code, run.stderr]).toEqual([
      2,
      expect.stringContaining('--disk: the image needs 15 GiB, got 9'),
    ])
    expect(await box.state('web')).toBe('provision-failed')
  })

  test('whose key AWS does not take is refused before anything is asked or recorded', async () => {
    const box = await makeSandbox()
    const ssh2 = (await import('ssh2')).default
    const key = join(box.root, 'id_ecdsa')
    await writeFile(key, ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }).private, { mode: 0o600 })
    const run = await box.run(['up', '--profile', 'debian-aws', '--ssh-key', key])
    expect([run.code, run.stderr]).toEqual([
      2,
      expect.stringContaining(`keys of type ecdsa-sha2-nistp256 (--ssh-key ${key})`),
    ])
    expect(await box.files()).toEqual([])
  })
})
