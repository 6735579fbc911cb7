import { createHash } from 'node:crypto'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { archiveFor } from '../../scripts/engine/release.js'
import { ImageServer, makeQcow2 } from '../support/local-vm/image-server.js'
import { useSandboxes } from '../stand-in/sandbox.js'
import { Example } from '../support/examples/example.js'
import { runGithubJob, runGitlabJob } from '../support/examples/jobs.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()

describe('ci-github', () => {
  test('tests on a lab, brings the results back and leaves nothing', async () => {
    const box = await makeSandbox()
    const example = await Example.copy(box, 'ci-github')
    const { steps, code } = await runGithubJob(example, 'lab.yml', 'lab')
    expect({ steps, code }).toMatchObject({ code: 0 })
    expect(steps.map(({ name }) => name)).toEqual([
      'Install distrolab',
      'Let this user use KVM',
      'Bring the lab up',
      'Test on the lab',
      'Clean up',
    ])
    expect(await example.installed()).toBe('npm install --global distrolab@^0.1.0\nsudo chmod 666 /dev/kvm\n')
    expect(await example.read('results/verdict.txt')).toBe('passed\n')
    expect(await box.state('pull-request')).toBe('destroyed')
    expect(await box.traces()).toEqual([])
  })

  test('ends with the exit code of tests that fail, with their results, and leaves nothing', async () => {
    const box = await makeSandbox()
    const example = await Example.copy(box, 'ci-github')
    await example.edit('tests/run.sh', 'test -s results/kernel.txt', 'exit 3')
    const { steps, code } = await runGithubJob(example, 'lab.yml', 'lab')
    expect(code).toBe(3)
    expect(steps.at(-1)).toMatchObject({ name: 'Clean up', code: 0 })
    expect(await readdir(join(example.folder, 'results'))).toEqual(['kernel.txt'])
    expect(await box.state('pull-request')).toBe('destroyed')
    expect(await box.traces()).toEqual([])
  })

  test('leaves nothing of a lab that does not come up', async () => {
    const box = await makeSandbox()
    const example = await Example.copy(box, 'ci-github')
    await box.knobs({ failStart: 'no memory' })
    const { steps, code } = await runGithubJob(example, 'lab.yml', 'lab')
    expect(code).toBe(1)
    expect(steps.map(({ name }) => name)).not.toContain('Test on the lab')
    expect(steps.at(-1)).toMatchObject({ name: 'Clean up', code: 0 })
    expect(await box.traces()).toEqual([])
  })
})

test('ci-gitlab tests on a lab, brings the results back and leaves nothing', async () => {
  const box = await makeSandbox()
  const example = await Example.copy(box, 'ci-gitlab')
  // The images that the sandbox has, where the job keeps its own.
  await example.ok(`mkdir .distrolab-cache && cp -r '${box.cache}/images' .distrolab-cache/`)
  const { steps, code } = await runGitlabJob(example, 'gitlab-ci.yml', 'lab')
  expect({ steps, code }).toMatchObject({ code: 0, steps: [{ code: 0 }, { code: 0 }] })
  expect(await example.installed()).toBe('npm install --global distrolab@^0.1.0\n')
  expect(await example.read('results/verdict.txt')).toBe('passed\n')
  expect(await box.state('merge-request')).toBe('destroyed')
  expect(await box.traces()).toEqual([])
})

describe('two-kernels', () => {
  const session = { DISTROLAB_SESSION: 'study' }

  test('shows what two machines answer differently, and leaves nothing', async () => {
    const box = await makeSandbox()
    const example = await Example.copy(box, 'two-kernels')
    // The study reconnects to a lab that is there: one whose machine says it has another kernel.
    await example.ok('distrolab up --profile debian-12-local --name study-debian-12 --ttl 1h', session)
    const [machine] = box.machines()
    const uname = box.disk(machine, 'guest', '.bin', 'uname')
    await writeFile(uname, '#!/bin/sh\necho Linux 6.1.0-other\n', { mode: 0o755 })
    const said = await example.ok('./study.sh', session)
    expect(said).toContain('== debian-12 and debian-13\n')
    expect(said).toContain('-Linux 6.1.0-other\n')
    expect(said.match(/^--- results\/debian-12\/.*$/gm)).toHaveLength(1)
    expect(await readdir(join(example.folder, 'results', 'debian-13'))).toEqual([
      ...['filesystems', 'kernel', 'limits', 'page-size', 'settings'],
    ])
    expect(await box.state('study-debian-13')).toBe('destroyed')
    expect(await box.traces()).toEqual([])
  })

  test('fails with what a machine said when its probe fails, and leaves nothing', async () => {
    const box = await makeSandbox()
    const example = await Example.copy(box, 'two-kernels')
    await example.edit('probe.sh', 'uname -sr', 'echo no kernel here >&2; exit 5; uname -sr')
    const { code, stderr } = await example.shell('./study.sh debian-13', session)
    expect(code).toBe(1)
    expect(stderr).toContain('debian-13 failed:\n')
    expect(stderr).toContain('no kernel here')
    expect(await box.traces()).toEqual([])
  })
})

test('own-distro is in the table, and its labs are made of its own images', async () => {
  const example = await Example.copy(await makeSandbox(), 'own-distro')
  expect(await example.ok('distrolab images')).toMatch(/^acme-1 .*byo.*-.*-.*byo/m)
  const own = await example.ok('distrolab synth --profile acme-aws --allow-from 203.0.113.7')
  expect(own).toContain('acme-linux-1-x86_64-*')
  expect(JSON.parse(await example.ok('distrolab synth'))).toBeDefined()
  expect(await example.ok('distrolab regions --profile acme-aws')).toContain('eu-west-1')
})

describe('air-gapped', () => {
  let mirror: ImageServer
  beforeAll(async () => {
    mirror = new ImageServer()
    await mirror.start()
  })
  afterAll(() => mirror.stop())

  /** The mirror's host, as this computer has it. */
  async function copyFor(box: Parameters<typeof Example.copy>[0]): Promise<Example> {
    const example = await Example.copy(box, 'air-gapped')
    for (const file of ['distrolab.yaml', 'catalog/debian-13.yaml'])
      await example.edit(file, 'https://mirror.example.internal', mirror.url(''))
    await example.edit('tofu.rc', '/srv/mirror', join(box.root, 'mirror'))
    return example
  }

  test('takes the image and the engine from the mirror', async () => {
    const box = await makeSandbox()
    await rm(join(box.cache, 'images'), { recursive: true })
    const example = await copyFor(box)
    const disk = makeQcow2(4)
    const sum = createHash('sha512').update(disk).digest('hex')
    const image = 'debian-13-genericcloud-amd64.qcow2'
    mirror.files.set(`/debian-cloud/trixie/${image}`, disk)
    mirror.files.set('/debian-cloud/trixie/SHA512SUMS', Buffer.from(`${sum}  ${image}\n`))
    await example.ok('distrolab up')
    expect(await box.record('debian-13-local')).toMatchObject({ state: 'ready' })
    expect(mirror.sent(`/debian-cloud/trixie/${image}`)).toBe(disk.length)
    await example.ok('distrolab down')
    expect(await box.traces()).toEqual([])

    // Encrypted states need a newer OpenTofu than the one that npm brings.
    await box.configure('encryption: { passphraseEnv: LABS_PASSPHRASE }\n')
    const archive = archiveFor(process.platform, process.arch)?.path ?? ''
    mirror.files.set(`/opentofu/${archive}`, Buffer.from('an archive'))
    const doctor = await example.shell('distrolab doctor', { DISTROLAB_TOFU: '' })
    expect(doctor.stdout).toContain(mirror.url(`/opentofu/${archive}`))
  })

  test('takes providers from the folder, in the versions that it has, and none that is not listed', async () => {
    const box = await makeSandbox()
    const example = await copyFor(box)
    for (const [name, version] of [
      ['hashicorp/aws', '6.25.0'],
      ['stranger/aws', '1.0.0'],
    ] as const) {
      const folder = join(
        box.root,
        `mirror/opentofu-providers/registry.opentofu.org/${name}/${version}/linux_amd64`,
      )
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, `terraform-provider-aws_v${version}`), '#!/bin/sh\n', { mode: 0o755 })
    }
    const env = { TF_CLI_CONFIG_FILE: join(example.folder, 'tofu.rc') }
    await example.ok('distrolab synth --profile debian-13-aws --out lab', env)
    expect(await example.ok('cd lab && tofu init -no-color', env)).toMatch(
      /Installed hashicorp\/aws v6\.25\.0/,
    )
    // What someone with write access to the backend could put there.
    const state = join(box.home, 'labs', 'debian-13-aws', 'tofu.tfstate')
    await mkdir(dirname(state), { recursive: true })
    await writeFile(state, JSON.stringify(forgedState('registry.opentofu.org/stranger/aws')))
    const refused = await example.shell('cd lab && tofu init -no-color', env)
    expect(refused.code).toBe(1)
    expect(refused.stderr.replaceAll(/\s+/g, ' ')).toContain(
      'provider registry.opentofu.org/stranger/aws was not found',
    )
  })
})

/** An OpenTofu state with a resource of this provider. */
const forgedState = (provider: string) => ({
  version: 4,
  terraform_version: '1.6.2',
  serial: 1,
  lineage: 'forged',
  outputs: {},
  resources: [
    {
      mode: 'managed',
      type: 'aws_thing',
      name: 'thing',
      provider: `provider["${provider}"]`,
      instances: [{ schema_version: 0, attributes: { id: '1' } }],
    },
  ],
})
