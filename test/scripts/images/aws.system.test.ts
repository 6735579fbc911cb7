import { execFileSync } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Tag } from '@aws-sdk/client-ec2'
import { expect, jest, test } from '@jest/globals'
import { ACCOUNT, blockOf } from '../../services/aws.js'
import { sha256 } from '../../support/local-vm/image-server.js'
import { waitUntil } from '../../stand-in/lab-cli.js'
import type { Sandbox } from '../../stand-in/sandbox.js'
import { readSource } from '../../support/cli/support.js'
import { REGION, useAwsImports } from '../../support/images/aws-world.js'
import { ok, recordOf as recordIn } from '../../support/images/import-lab.js'
import { describeWith } from '../../suite/lacking.js'

// Disks that are packed and sent, and a provider that takes seconds to start.
jest.setTimeout(600_000)

const { world, computer, env, provider } = await useAwsImports(18)
const withProvider = describeWith(provider, 'aws')
const IMPORT = ['images', 'import', 'arch', '--provider', 'aws', '--region', REGION] as const
const FORGET = ['images', 'forget', 'arch', '--provider', 'aws'] as const
const BLOCKS = 36
const AT_ONCE = 8

const recordOf = (box: Sandbox) => recordIn(box, 'aws')
const registered = () => world().aws.registered(REGION)
const NOTHING = { images: [], snapshots: [] }

const tagsOf = ({ Tags = [] }: { readonly Tags?: Tag[] | undefined }) =>
  Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value] as const))

/** What came to AWS is the very disk that the vendor publishes. */
async function expectSameDisk(box: Sandbox): Promise<void> {
  const [snapshot] = (await registered()).snapshots
  await world().aws.readSnapshot(REGION, snapshot?.SnapshotId ?? '', join(box.root, 'got.raw'), 1)
  await writeFile(join(box.root, 'vendor.qcow2'), world().disk)
  execFileSync('qemu-img', ['compare', '-f', 'raw', '-F', 'qcow2', 'got.raw', 'vendor.qcow2'], {
    cwd: box.root,
  })
}

withProvider('an image on AWS', () => {
  test('is made by an import for everybody of the team; forgetting leaves nothing', async () => {
    const box = await computer()
    const run = await ok(box.run([...IMPORT, '-o', 'json'], { env: env() }))
    const { images, snapshots } = await registered()
    const [image, snapshot] = [images[0], snapshots[0]]
    const id = image?.ImageId
    expect([images.length, snapshots.length]).toEqual([1, 1])
    const digest = `sha256:${sha256(world().disk)}`
    expect(run.json()).toMatchObject({
      state: 'imported',
      id,
      digest,
      region: REGION,
      account: ACCOUNT,
      diskGiB: 1,
      reused: false,
      upload: `ebs://${REGION}/${image?.Name}`,
    })
    expect(image).toMatchObject({
      Architecture: 'x86_64',
      BootMode: 'uefi',
      VirtualizationType: 'hvm',
      RootDeviceName: '/dev/xvda',
      ImdsSupport: 'v2.0',
      EnaSupport: true,
      Name: expect.stringMatching(/^distrolab-.*-arch-x86_64$/),
      BlockDeviceMappings: [
        { DeviceName: '/dev/xvda', Ebs: { SnapshotId: snapshot?.SnapshotId, VolumeSize: 1 } },
      ],
    })
    const tags = { 'distrolab-image': 'arch-x86_64', Name: image?.Name }
    expect(tagsOf(image ?? {})).toMatchObject(tags)
    expect(tagsOf(snapshot ?? {})).toMatchObject({ ...tags, 'distrolab-digest': digest })
    expect(run.stderr).toMatch(/\[3\/4\] upload: [\d.]+ (MB|kB) of [\d.]+ MB/)
    expect(world().aws.blocksSent()).toHaveLength(BLOCKS)
    await expectSameDisk(box)

    // Another computer with the same backend.
    const other = await computer()
    const shared = env({ DISTROLAB_BACKEND: pathToFileURL(box.home).href })
    const again = await ok(other.run([...IMPORT.slice(0, 5), '-o', 'json'], { env: shared }))
    expect(again.json()).toMatchObject({ id, reused: true })
    const elsewhere = await other.run([...IMPORT.slice(0, 5), '--region', 'us-east-1'], { env: shared })
    expect([elsewhere.code, elsewhere.stderr]).toEqual([2, expect.stringContaining('another region')])
    expect((await ok(other.run(['images'], { env: shared }))).stdout).toContain(`as ${image?.Name}`)
    await ok(other.run(FORGET, { env: shared }))
    expect([await registered(), await recordOf(box)]).toEqual([NOTHING, undefined])
    const gone = await box.run(FORGET, { env: env() })
    expect([gone.code, gone.stderr]).toEqual([3, expect.stringContaining('No image of arch was imported')])
  })

  test.each(['SIGINT', 'SIGKILL'] as const)(
    'goes on after what has arrived when %s ended its upload',
    async (signal) => {
      const box = await computer()
      const { aws } = world()
      aws.proxy.plan((seen) =>
        blockOf(seen).some((index) => index >= AT_ONCE) ? 'silent before' : undefined,
      )
      const first = box.start(IMPORT, { env: env() })
      // None of the first is under way any more when all that are wait for an answer.
      await waitUntil('the first blocks', () => aws.blocksSent().length === 2 * AT_ONCE, 300_000)
      first.signal(signal)
      const { code } = await first.done
      expect(code).toBe(signal === 'SIGINT' ? 130 : null)
      const failure = signal === 'SIGINT' ? { step: 'upload', code: 'interrupted' } : null
      expect(await recordOf(box)).toMatchObject({ state: 'importing', id: null, failure })
      const before = (await registered()).snapshots.map(({ SnapshotId }) => SnapshotId)
      expect((await registered()).snapshots).toMatchObject([{ State: 'pending' }])

      aws.obey()
      await ok(box.run(IMPORT, { env: env() }))
      const missing = Array.from({ length: BLOCKS - AT_ONCE }, (_, index) => index + AT_ONCE)
      expect(aws.blocksSent().sort((a, b) => a - b)).toEqual(missing)
      expect((await registered()).snapshots.map(({ SnapshotId }) => SnapshotId)).toEqual(before)
      await expectSameDisk(box)
      await ok(box.run(FORGET, { env: env() }))
      expect(await registered()).toEqual(NOTHING)
    },
  )

  test('that was never finished can be forgotten on another computer', async () => {
    const box = await computer()
    const { aws } = world()
    aws.proxy.plan((seen) => (blockOf(seen).length > 0 ? 'silent before' : undefined))
    const first = box.start(IMPORT, { env: env() })
    await waitUntil('the upload', () => aws.blocksSent().length > 0, 300_000)
    first.signal('SIGKILL')
    await first.done
    aws.obey()
    const other = await computer()
    const shared = env({ DISTROLAB_BACKEND: pathToFileURL(box.home).href })
    await ok(other.run(FORGET, { env: shared }))
    expect([await registered(), await recordOf(box)]).toEqual([NOTHING, undefined])
  })

  test('that AWS refuses is recorded as failed, and its disk is not sent twice', async () => {
    const box = await computer()
    const { aws } = world()
    aws.refuse('RegisterImage', 403, 'UnauthorizedOperation', 'You are not authorized.')
    const refused = await box.run(IMPORT, { env: env() })
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('distrolab docs aws')])
    expect(await recordOf(box)).toMatchObject({
      state: 'importing',
      step: null,
      failure: { step: 'register', code: 'cloud-forbidden' },
    })
    aws.obey()
    await ok(box.run(IMPORT, { env: env() }))
    expect(aws.blocksSent()).toEqual([])
    aws.refuse('DeregisterImage', 403, 'UnauthorizedOperation', 'You are not authorized.')
    expect((await box.run(FORGET, { env: env() })).code).toBe(1)
    expect(await recordOf(box)).toMatchObject({ state: 'forgetting', failure: { step: 'destroy' } })
    aws.obey()
    await ok(box.run(FORGET, { env: env() }))
    expect(await registered()).toEqual(NOTHING)
  })

  test('that OpenTofu has forgotten is found by its tags; what does not go is told', async () => {
    const box = await computer()
    const { aws } = world()
    await ok(box.run(IMPORT, { env: env() }))
    await rm(join(box.home, 'images/aws/arch/x86_64/tofu.tfstate'))
    aws.refuse('DeregisterImage', 403, 'UnauthorizedOperation', 'You are not authorized.')
    const left = await box.run(FORGET, { env: env() })
    const { images, snapshots } = await registered()
    expect(left.code).toBe(6)
    expect(left.stderr).toContain(`image ${images[0]?.ImageId} in ${REGION}`)
    expect(left.stderr).toContain(`snapshot ${snapshots[0]?.SnapshotId} in ${REGION}`)
    expect(await recordOf(box)).toMatchObject({ failure: { step: 'verify', code: 'image-left' } })
    aws.obey()
    await ok(box.run(FORGET, { env: env() }))
    expect(await registered()).toEqual(NOTHING)
  })

  test('needs no rights but those of the policy', async () => {
    const policy = JSON.parse(await readSource('docs/providers/aws-policy.json')) as {
      Statement: { Action: string[] }[]
    }
    const allowed = new Set(['sts:GetCallerIdentity', ...policy.Statement.flatMap(({ Action }) => Action)])
    expect(world().aws.actions).toContain('ec2:RegisterImage')
    expect(world().aws.actions).toContain('ebs:PutSnapshotBlock')
    expect([...world().aws.actions].filter((action) => !allowed.has(action)).sort()).toEqual([])
  })
})
