import { execFile } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import type { CloudName } from '../../../distro-catalog/provider-names.js'
import { readProviderSchema } from '../../support/stacks/cloud-labs.js'
import { checkConfiguration } from '../../support/stacks/schema-check.js'
import { temporaryFolder } from '../../support/cli/support.js'

const CLI = fileURLToPath(new URL('../../../bundle/cli.js', import.meta.url))
const run = promisify(execFile)

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The CLI in a home of its own, with no credentials of any cloud in its environment. */
async function distrolab(root: string, ...args: string[]): Promise<Ran> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: root,
    DISTROLAB_HOME: join(root, 'home'),
    DISTROLAB_CACHE: join(root, 'cache'),
  }
  try {
    return { code: 0, ...(await run(process.execPath, [CLI, ...args], { cwd: root, env })) }
  } catch (error) {
    return error as Ran
  }
}

const clouds: readonly CloudName[] = ['aws', 'azure', 'google']

describe('synth of a profile on a cloud, without credentials and without a network', () => {
  test.each(clouds)('gives what the provider %s takes', async (cloud) => {
    const root = temporaryFolder()
    const { code, stdout } = await distrolab(
      root,
      'synth',
      '--profile',
      `debian-${cloud}`,
      '--allow-from',
      '203.0.113.7',
    )
    expect(code).toBe(0)
    expect(checkConfiguration(JSON.parse(stdout), await readProviderSchema(cloud))).toEqual([])
    expect(stdout).toContain('203.0.113.7/32')
    expect((await readdir(join(root, 'home'))).sort()).toEqual(['backend.json', 'computer-id', 'keys'])
  })

  test('takes architecture, size, region and instance type', async () => {
    const root = temporaryFolder()
    const args = ['--arch', 'arm64', '--size', 'large', '--region', 'eu-west-1']
    const { stdout } = await distrolab(root, 'synth', '--profile', 'rocky-9-aws', ...args)
    expect(stdout).toContain('"instance_type": "t4g.large"')
    expect(stdout).toContain('"region": "eu-west-1"')
    expect(stdout).toContain('Rocky-9-EC2-Base-9.*.aarch64')
    const typed = await distrolab(root, 'synth', '--profile', 'rocky-aws', '--instance-type', 't3a.xlarge')
    expect(typed.stdout).toContain('"instance_type": "t3a.xlarge"')
  })

  test('chooses among the allowed regions, without asking the network', async () => {
    const root = temporaryFolder()
    const { stdout } = await distrolab(
      root,
      'synth',
      '--profile',
      'debian-aws',
      '--regions',
      'eu-west-3,eu-north-1',
    )
    expect(stdout).toContain('"region": "eu-north-1"')
  })

  test('a distro added by one file is there on all of them', async () => {
    const root = temporaryFolder()
    await mkdir(join(root, 'distros'))
    await writeFile(join(root, 'distrolab.yaml'), 'catalog: [./distros]\n')
    await writeFile(join(root, 'distros', 'plum-44.yaml'), PLUM)
    for (const cloud of clouds) {
      const { code, stdout, stderr } = await distrolab(root, 'synth', '--profile', `plum-${cloud}`)
      expect([cloud, code, stderr]).toEqual([cloud, 0, ''])
      expect(checkConfiguration(JSON.parse(stdout), await readProviderSchema(cloud))).toEqual([])
    }
    const local = await distrolab(root, 'synth', '--profile', 'plum-local')
    expect(local.stdout).toContain('https://plum.example.org/plum.qcow2')
  })
})

describe('what can not be is refused before anything is made', () => {
  test.each([
    [['--profile', 'alpine-azure'], 3, 'alpine-3.23 cannot run on azure: no image was found there.'],
    [['--profile', 'arch-aws', '--arch', 'arm64'], 3, 'arch cannot run on aws: there is no arm64 image.'],
    [
      ['--profile', 'debian-aws', '--region', 'eu-centarl-1'],
      2,
      'aws has no region "eu-centarl-1". Did you mean eu-central-1',
    ],
    [['--profile', 'rocky-aws', '--region', 'eu-south-1'], 2, 'eu-south-1: the image is not there'],
    [
      ['--profile', 'debian-google', '--arch', 'arm64', '--region', 'us-west1'],
      2,
      'c4a-highcpu-2 is not offered there',
    ],
    [['--profile', 'debian-aws', '--instance-type', 't3.mediun'], 2, 't3.medium'],
    [
      ['--profile', 'debian-aws', '--allow-from', '203.0.113.7/33'],
      2,
      '--allow-from: expected auto or networks',
    ],
    [['--profile', 'debian-local', '--region', 'eu-west-1'], 2, 'the only local region is local'],
  ])('%j exits %i', async (args, code, message) => {
    const root = temporaryFolder()
    const ran = await distrolab(root, 'synth', ...args)
    expect(ran.stderr).toContain(message)
    expect(ran.code).toBe(code)
  })
})

const common = `
    support: community
    user: plum
    rootFilesystem: ext4
    minimumDiskGiB: 5`

const PLUM = `
name: plum-44
family: plum
title: Plum 44
version: '44'
released: 2026-04-21
endOfLife: 2027-05-19
providers:
  aws:${common}
    cloudInit: true
    architectures: { x86_64: { owner: '123456789012', name: plum-44-* } }
  azure:${common}
    cloudInit: true
    architectures: { x86_64: { source: { gallery: { name: plums, image: plum-44 } }, secureBoot: false } }
  google:${common}
    cloudInit: false
    architectures: { x86_64: { project: plums, family: plum-44, secureBoot: false } }
  local:${common}
    architectures:
      x86_64: &image
        vendor:
          url: https://plum.example.org/plum.qcow2
          checksum: { url: https://plum.example.org/SHA256SUMS, format: gnu, algorithm: sha256 }
          firmware: uefi
      arm64: *image
sources: [test]
`
