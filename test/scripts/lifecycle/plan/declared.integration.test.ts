import { rm } from 'node:fs/promises'
import { describe, expect, jest, test } from '@jest/globals'
import { useSandboxes, type Sandbox } from '../../../stand-in/sandbox.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()

const WITHOUT_CREDENTIALS = { AWS_EC2_METADATA_DISABLED: 'true' }

interface Planned {
  readonly lab: string
  readonly verdict: string
  readonly notRefreshed?: string | null
  readonly differences?: readonly string[]
  readonly code?: string
}

const DECLARED = `
labs:
  web: { profile: debian-local, ttl: 9h, owner: team-a }
  pair: { profile: debian-12-local, machines: 'source,target' }
`

async function declaring(labs: string): Promise<Sandbox> {
  const box = await makeSandbox()
  await box.configure(labs)
  return box
}

const planOf = async (box: Sandbox): Promise<Planned[]> =>
  (await box.ok('plan', '--all', '-o', 'json')).json<Planned[]>()

describe('declared labs', () => {
  test('are planned, made, compared with what is recorded and real, and removed together', async () => {
    const box = await declaring(DECLARED)
    expect((await planOf(box)).map(({ lab, verdict }) => [lab, verdict])).toEqual([
      ['pair', 'create'],
      ['web', 'create'],
    ])
    expect(await box.files()).toEqual([])

    const made = (await box.ok('up', '--all', '-o', 'json')).json<{ labs: { outcome: string }[] }>()
    expect(made.labs.map(({ outcome }) => outcome)).toEqual(['up', 'up'])
    const web = await box.record('web')
    expect([web.tags['owner'], web.machines.length]).toEqual(['team-a', 1])
    expect((await box.record('pair')).machines.map(({ name }) => name)).toEqual(['source', 'target'])
    await box.ok('up', '--profile', 'debian-local', '--name', 'extra')
    await box.ok('extend', 'web', '--ttl', '20h')
    await box.editRecord('web', { profile: 'debian-local' })
    const plans = await planOf(box)
    expect(plans.map(({ lab, verdict }) => [lab, verdict])).toEqual([
      ['pair', 'nothing'],
      ['web', 'nothing'],
      ['extra', 'stays'],
    ])
    expect(plans[1]?.differences).toEqual([expect.stringMatching(/^ttl: declared 9h, recorded to end 20/)])

    await box.configure(DECLARED.replace('debian-12-local', 'debian-13-local'))
    expect((await planOf(box))[0]).toMatchObject({
      lab: 'pair',
      verdict: 'refused',
      code: 'lab-of-other-profile',
    })
    await box.configure(DECLARED)

    const refused = await box.run(['down', '--all'])
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('down --all --yes')])
    expect((await box.run(['down', '--all', '-y'])).code).toBe(0)
    expect((await box.run(['status', 'web'])).stdout).toContain('destroyed')
    expect((await box.run(['status', 'extra'])).stdout).toContain('ready')
  })

  test('name what is wrong in them, and --all names no lab beside them', async () => {
    const box = await declaring('labs: { web: { profile: debian-local, ttl: soon, machines: "a,a" } }')
    const { code, stderr } = await box.run(['plan', '--all'])
    expect(code).toBe(2)
    expect(stderr).toContain('labs.web.ttl')
    expect(stderr).toContain('labs.web.machines')
    await box.configure('{}')
    expect((await box.run(['plan', '--all'])).stderr).toContain('declares no labs')
    await box.configure(DECLARED)
    expect((await box.run(['up', 'web', '--all'])).code).toBe(2)
  })

  test('in a cloud without credentials are shown as what would be made, marked not refreshed', async () => {
    const secret = 'plantedsecretplanted'
    const box = await declaring(
      'labs: { web: { profile: debian-aws, owner: team-a } }\nregion: eu-central-1\n',
    )
    const env = { ...WITHOUT_CREDENTIALS, MY_SECRET: secret }
    const { stdout } = await box.run(['plan', '--all', '-o', 'markdown'], { env })
    expect(stdout).toContain('_Not refreshed_')
    expect(stdout).toContain('| create | `aws_instance.main` |')
    expect(stdout).not.toContain(secret)
    const one = ['plan', '--profile', 'debian-aws', '-o']
    expect((await box.run([...one, 'markdown'], { env })).stdout).toContain('_not refreshed_')
    // A script must not take this for the real plan.
    expect((await box.run([...one, 'json'], { env })).code).toBe(7)
  })

  test('in a backend that cannot be read are shown from the configuration alone', async () => {
    const box = await declaring('labs: { web: { profile: debian-aws } }\nregion: eu-central-1\n')
    const env = { ...WITHOUT_CREDENTIALS, DISTROLAB_BACKEND: 's3://bucket/labs?region=eu-central-1' }
    const { stdout } = await box.run(['plan', '--all', '-o', 'markdown'], { env })
    expect(stdout).toContain('_Not refreshed_')
    expect(stdout).toContain('`aws_instance.main`')
  })

  test('show no value that is planted in a record', async () => {
    const box = await declaring(DECLARED.replace(/  pair.*\n/, ''))
    await box.ok('up', '--all')
    const planted = 'planted4711value'
    await box.editRecord('web', { tags: { ...(await box.record('web')).tags, token: planted } })
    expect((await box.ok('plan', '--all', '-o', 'markdown')).stdout).not.toContain(planted)
  })

  test('that are in use, failed or have vanished are told apart', async () => {
    const box = await declaring(
      'labs: { failed: { profile: debian-local }, gone: { profile: debian-local }, held: { profile: debian-local } }',
    )
    const { pid } = await box.up('--profile', 'debian-local', '--name', 'gone')
    await box.ok('up', '--all')
    await box.editRecord('failed', { state: 'configure-failed' })
    await box.kill(pid)
    await rm((await box.record('gone')).machines[0]?.place ?? '', { recursive: true })
    const held = box.start(['exec', 'held', '--', 'sh -c "echo in >&2; sleep 600"'])
    await held.says('in')
    const { stdout } = await box.ok('plan', '--all', '-o', 'markdown')
    held.signal('SIGINT')
    await held.done
    const rows = stdout.split('\n').filter((line) => line.startsWith('| `'))
    expect(rows).toEqual([
      expect.stringMatching(/^\| `failed` \| .*it is `configure-failed`/),
      expect.stringMatching(/^\| `gone` \| create; `main` has vanished/),
      expect.stringMatching(/^\| `held` \| nothing; in use by `/),
    ])
    expect(stdout).toContain('with `exec`')
  })
})
