import { RegisterImageCommand } from '@aws-sdk/client-ec2'
import { describe, expect, jest, test } from '@jest/globals'
import type { LabRecord } from '../../../backend/record-schema.js'
import { nothingMade } from '../../services/aws.js'
import type { Sandbox } from '../../stand-in/sandbox.js'
import '../../support/cli/support.js'
import { REGION, useAwsImports } from '../../support/images/aws-world.js'
import { ok, recordOf } from '../../support/images/import-lab.js'
import { describeWith } from '../../suite/lacking.js'

// OpenTofu's own provider waits ten seconds for each instance.
jest.setTimeout(600_000)

const { world, computer, env, provider } = await useAwsImports(2)
const withProvider = describeWith(provider, 'aws')
const IMPORT = ['images', 'import', 'arch', '--provider', 'aws', '--region', REGION] as const
const FORGET = ['images', 'forget', 'arch', '--provider', 'aws'] as const
const up = (region: string) => [
  ...['up', 'web', '--profile', 'arch-aws', '--region', region, '--wait', 'none'],
  ...['--allow-from', '203.0.113.7/32'],
]

withProvider('a lab on AWS', () => {
  test('is made from what was imported, in its region only, and keeps it from being forgotten', async () => {
    const box = await computer()
    const { aws } = world()
    const pinned = async (): Promise<LabRecord['image']> =>
      (await ok(box.run(['status', 'web', '-o', 'json'], { env: env() }))).json<LabRecord>().image
    await ok(box.run(IMPORT, { env: env() }))
    const id = (await aws.registered(REGION)).images[0]?.ImageId

    const elsewhere = await box.run(up('eu-central-1'), { env: env() })
    expect([elsewhere.code, elsewhere.stderr]).toEqual([
      1,
      expect.stringMatching(/can only be used in eu-west-1, not in eu-central-1[^]*--region eu-west-1/),
    ])
    expect(await aws.made('eu-central-1')).toEqual(nothingMade)
    await ok(box.run(['down', 'web'], { env: env() }))

    const made = await ok(box.run(up(REGION), { env: env() }))
    expect(made.stderr).toContain("Using the team's imported image")
    expect(await pinned()).toMatchObject({ id, kind: 'ami' })
    expect((await aws.made(REGION)).instances.map(({ ImageId }) => ImageId)).toEqual([id])
    const refused = await box.run(FORGET, { env: env() })
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/cannot be reset[^]*\n {2}web\n/),
    ])
    expect((await aws.registered(REGION)).images).toHaveLength(1)
    await ok(box.run(['down', 'web'], { env: env() }))
    await ok(box.run(FORGET, { env: env() }))
    expect(await aws.registered(REGION)).toEqual({ images: [], snapshots: [] })
    expect(await aws.made(REGION)).toEqual(nothingMade)

    // The catalog's own again, where nothing is imported.
    await ok(box.run(up(REGION), { env: env() }))
    expect((await pinned())?.source).toMatch(/^arch-linux-std-hvm-/)
    await ok(box.run(['down', 'web'], { env: env() }))
  })
})

withProvider('an image of that name', () => {
  test('that somebody else has made is neither taken for ours nor removed', async () => {
    const box = await computer()
    const { aws } = world()
    const Name = await nameOf(box)
    const { ImageId } = await aws.with(REGION, (client) => client.send(new RegisterImageCommand({ Name })))
    const run = await box.run(IMPORT, { env: env() })
    expect([run.code, run.stderr]).toEqual([
      2,
      expect.stringContaining(`aws ec2 deregister-image --image-id ${ImageId} --region ${REGION}`),
    ])
    expect((await aws.registered(REGION)).images).toHaveLength(1)
    expect(await recordOf(box, 'aws')).toBeUndefined()
  })
})

describe('an import that can not succeed is refused, and nothing is recorded', () => {
  const expectRefused = async (
    words: readonly string[],
    variables: Parameters<typeof env>[0],
    code: number,
    hint: string,
  ): Promise<void> => {
    const box = await computer()
    const run = await box.run(words, { env: env(variables) })
    expect([run.code, run.stderr]).toEqual([code, expect.stringContaining(hint)])
    expect(await box.files('images')).toEqual([])
  }

  test('with credentials that have expired', async () => {
    world().aws.refuse('GetCallerIdentity', 403, 'ExpiredToken', 'The security token is expired.')
    await expectRefused(IMPORT, {}, 7, 'aws sso login')
  })

  test('without credentials', () =>
    expectRefused(IMPORT, { AWS_SECRET_ACCESS_KEY: undefined }, 7, 'aws configure sso'))

  test('to a region that there is not', () =>
    expectRefused([...IMPORT.slice(0, 5), '--region', 'eu-wst-1'], {}, 2, 'Did you mean eu-west-1'))

  test('to a region that the account has not switched on', async () => {
    world().aws.refuse('DescribeImages', 401, 'AuthFailure', 'AWS was not able to validate the credentials')
    await expectRefused(IMPORT, {}, 2, 'enabled for the account')
  })
})

/** What an import calls its image, which is on record before anything of it is made. */
async function nameOf(box: Sandbox): Promise<string> {
  const { aws } = world()
  aws.refuse('StartSnapshot', 403, 'AccessDeniedException', 'You may not.')
  await box.run(IMPORT, { env: env() })
  const name = (await recordOf(box, 'aws'))?.name ?? ''
  aws.obey()
  await ok(box.run(FORGET, { env: env() }))
  return name
}
