import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { generateKeyPair } from '../../../../scripts/machine/key-pair.js'
import type { LabChanges } from '../../../../scripts/lifecycle/plan/plan.js'
import { waitUntil } from '../../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../../stand-in/sandbox.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()
const LAB = 'debian-local'
const NEW = ['main', 'main-boot'].map((name) => ({
  address: `terraform_data.${name}`,
  action: 'create',
  attributes: [],
}))

const planOf = async (box: Sandbox, ...args: string[]): Promise<LabChanges> =>
  (await box.ok('plan', ...args, '-o', 'json')).json<LabChanges>()

/** Everything that a plan must leave as it is: what is on this computer, and what the engine was asked to do. */
async function world(box: Sandbox): Promise<unknown> {
  const files = await box.files()
  const contents = await Promise.all(
    files.filter((file) => !file.endsWith('.sock')).map((file) => readFile(join(box.home, file), 'latin1')),
  )
  return { files, contents, processes: box.processes().map(({ pid }) => pid) }
}

describe('plan', () => {
  test('of a new lab shows what up would make, and makes, records and leaves nothing', async () => {
    const box = await makeSandbox()
    const plan = await planOf(box, '--profile', LAB)
    expect(plan).toMatchObject({
      lab: LAB,
      profile: LAB,
      provider: 'local',
      region: 'local',
      distro: 'debian-13',
      state: null,
      costPerHourUsd: 0,
      changes: NEW,
    })
    expect(await box.files()).toEqual([])
    expect((await box.run(['status', LAB])).code).toBe(3)
    expect(await box.engineCalls()).toEqual(['init', 'plan', 'show'])
  })

  test('of a lab that is as it should be is empty, and exits with 0', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    const before = await world(box)
    expect(await planOf(box, LAB, '--detailed-exitcode')).toMatchObject({ state: 'ready', changes: [] })
    expect((await box.ok('plan', LAB)).stdout).toBe(`${LAB} (debian-13 on local, ready): no change\n`)
    expect(await world(box)).toEqual(before)
  })

  test('needs no lease: it works while another command has it', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    const held = box.start(['exec', LAB, '--', 'sh -c "echo in >&2; sleep 600"'])
    await held.says('in')
    expect((await planOf(box, LAB)).changes).toEqual([])
    held.signal('SIGINT')
    await held.done
  })

  test('names what would change and never its values; exits with 2 where that is asked for', async () => {
    const box = await makeSandbox()
    const { pid } = await box.up('--profile', LAB)
    await box.ok('extend', LAB, '--ttl', '9h')
    // As long as the machine answers, up only connects to it.
    expect((await planOf(box, LAB)).changes).toEqual([])
    await box.kill(pid)
    const { expiresAt } = await box.record(LAB)
    const changes = [
      { address: 'terraform_data.main-boot', action: 'update', attributes: ['input', 'output'] },
      { address: 'main', action: 'start', attributes: [] },
    ]
    const asked = await box.run(['plan', LAB, '-o', 'json', '--detailed-exitcode'])
    expect([asked.code, asked.json<LabChanges>().changes]).toEqual([2, changes])
    const plain = await box.ok('plan', LAB)
    expect(plain.stdout).toContain('~ update   terraform_data.main-boot: input, output')
    expect(plain.stdout).not.toContain(String(expiresAt))
  })

  test('of a machine that is gone shows that it is made anew, of one that is off that it is started', async () => {
    const box = await makeSandbox()
    const { pid } = await box.up('--profile', LAB)
    await box.kill(pid)
    expect((await planOf(box, LAB)).changes).toEqual([{ address: 'main', action: 'start', attributes: [] }])
    const files = (await box.record(LAB)).machines[0]?.place ?? ''
    await rm(files, { recursive: true })
    expect((await planOf(box, LAB)).changes).toMatchObject([
      { address: 'terraform_data.main-boot', action: 'replace' },
    ])
  })

  test('of a reset that did not end shows that it is gone on with', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    await box.editRecord(LAB, { state: 'reset-failed' })
    const calls = await box.engineCalls()
    expect((await box.ok('plan', LAB)).stdout).toContain('1 to reset\n    < reset    main\n')
    expect(await box.engineCalls()).toEqual(calls)
  })

  test('that is interrupted ends its engine and leaves no folder', async () => {
    const box = await makeSandbox()
    const { release } = await box.hold('plan')
    const cli = box.start(['plan', '--profile', LAB])
    await waitUntil('the engine', async () => (await box.engineCalls()).includes('plan'))
    cli.signal('SIGINT')
    expect((await cli.done).code).toBe(130)
    await release()
    const plans = await readdir(join(box.cache, 'plans'), { recursive: true, withFileTypes: true })
    expect(plans.filter((entry) => entry.isFile())).toEqual([])
    await waitUntil('the end of pauses', () => box.processes().length === 0)
  })

  test('as markdown is a table for a pull request', async () => {
    const box = await makeSandbox()
    const { stdout } = await box.ok('plan', '--profile', LAB, '-o', 'markdown')
    expect(stdout).toContain('### distrolab plan: 1 to create\n')
    expect(stdout).toContain('\n| `debian-local` | create | `debian-local` | $0.0000 |\n')
    expect(stdout).toContain('\n| create | `terraform_data.main` |  |\n')
    const refused = await box.run(['list', '-o', 'markdown'])
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('not markdown')])
  })

  test('of several profiles is one after the other in one document; one that fails leaves no engine behind', async () => {
    const box = await makeSandbox()
    const { stdout } = await box.ok('plan', '--profile', 'debian-local,debian-12-local', '-o', 'json')
    expect((JSON.parse(stdout) as LabChanges[]).map(({ lab, changes }) => [lab, changes])).toEqual([
      ['debian-local', NEW],
      ['debian-12-local', NEW],
    ])
    const failed = await box.run(['plan', '--profile', 'debian-local,nosuch-local'])
    expect(failed.code).toBe(3)
    expect(box.processes()).toEqual([])
    expect((await box.run(['plan', 'web', '--profile', 'debian-local,debian-12-local'])).code).toBe(2)
  })

  test('with --detailed-exitcode never fails with the code that says changes', async () => {
    const box = await makeSandbox()
    const wrong = await box.run([
      'plan',
      '--profile',
      LAB,
      '--size',
      'huge',
      '--detailed-exitcode',
      '-o',
      'json',
    ])
    expect([wrong.code, wrong.json()]).toMatchObject([1, { error: { code: 'size-unknown', exitCode: 1 } }])
    expect((await box.run(['plan', '--profile', LAB, '--size', 'huge'])).code).toBe(2)
  })

  test('refuses what up would refuse', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    expect((await box.run(['plan', LAB, '--profile', 'debian-12-local'])).code).toBe(2)
    expect((await box.run(['plan', LAB, '--instance-type', '1x512'])).code).toBe(2)
    const key = join(box.home, 'other')
    await writeFile(key, generateKeyPair('other').private, { mode: 0o600 })
    for (const flags of [
      ['--ssh-key', key],
      ['--region', 'eu-west-1'],
      ['--zone', 'b'],
    ]) {
      const [plan, up] = [
        await box.run(['plan', LAB, ...flags, '-o', 'json']),
        await box.run(['up', LAB, ...flags, '-o', 'json']),
      ]
      expect(plan.code).not.toBe(0)
      expect([plan.code, plan.json()]).toEqual([up.code, up.json()])
    }
  })
})
