import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { TestAws } from '../../services/aws.js'
import type { CliRun } from '../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import '../../support/cli/support.js'

const makeSandbox = useSandboxes()
let aws: TestAws
beforeAll(async () => {
  aws = await TestAws.start()
})
afterAll(() => aws.stop())

/** An engine that makes nothing: it says what OpenTofu says, and logs when it loads a provider, and where to. */
async function engineIn({ root }: Sandbox): Promise<string> {
  const log = join(root, 'loads.log')
  const outputs = { machines: { value: { main: { address: '192.0.2.7', port: 22, user: 'admin' } } } }
  const script = `#!/bin/sh
case "$1" in
version) echo '{"terraform_version":"1.6.2"}' ;;
init)
  mkdir -p ".terraform/providers/\${LOADS_TOO:-registry.opentofu.org/hashicorp/aws}"
  echo "begin $PWD \${TF_PLUGIN_CACHE_DIR:-none} \${TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE:-0}" >>'${log}'
  echo '- Installing hashicorp/aws v6.25.0...'
  sleep 0.5
  echo "end $PWD" >>'${log}' ;;
apply)
  touch '${join(root, 'applied')}'
  echo '${JSON.stringify({ type: 'outputs', outputs })}' ;;
esac
`
  const path = join(root, 'bin', 'engine')
  await writeFile(path, script)
  await chmod(path, 0o755)
  return path
}

const loads = async ({ root }: Sandbox): Promise<string[][]> =>
  (await readFile(join(root, 'loads.log'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => line.split(' '))

async function tryUp(box: Sandbox, lab: string, env: Record<string, string> = {}): Promise<CliRun> {
  const args = ['up', lab, '--profile', 'debian-12-aws', '--region', 'eu-west-1', '--wait', 'none']
  const DISTROLAB_TOFU = await engineIn(box)
  return box.run([...args, '--allow-from', '203.0.113.7', '-o', 'json'], {
    env: { ...aws.env, ...env, DISTROLAB_TOFU },
  })
}

async function up(box: Sandbox, lab: string, env: Record<string, string> = {}): Promise<string> {
  const { code, stderr } = await tryUp(box, lab, env)
  expect([code, stderr]).toEqual([0, expect.any(String)])
  return stderr
}

test('providers are loaded into one folder for all labs, by one command at a time, and it is said which', async () => {
  const box = await makeSandbox()
  const said = await Promise.all([up(box, 'one'), up(box, 'two')])
  for (const text of said) expect(text).toContain('loading hashicorp/aws v6.25.0')
  const [first, firstEnd, second, secondEnd] = await loads(box)
  expect([first?.[0], firstEnd?.[0], second?.[0], secondEnd?.[0]]).toEqual(['begin', 'end', 'begin', 'end'])
  expect(firstEnd?.[1]).toBe(first?.[1])
  expect([first, second].map((load) => load?.slice(2))).toEqual([
    [join(box.cache, 'providers'), '1'],
    [join(box.cache, 'providers'), '1'],
  ])
})

test("a folder of the user's own is used as it is", async () => {
  const box = await makeSandbox()
  const own = join(box.root, 'own')
  await mkdir(own)
  await up(box, 'one', { TF_PLUGIN_CACHE_DIR: own })
  expect((await loads(box))[0]?.slice(2)).toEqual([own, '0'])
})

test('the address of a machine is the one that the engine ends with', async () => {
  const box = await makeSandbox()
  await up(box, 'one')
  expect((await box.record('one')).machines).toMatchObject([
    { address: '192.0.2.7', port: 22, user: 'admin' },
  ])
})

describe('a provider that is not the one of the lab', () => {
  const OTHER = 'example.com/other/cloud'
  const applied = ({ root }: Sandbox): boolean => existsSync(join(root, 'applied'))

  test('is not loaded for a state that names it', async () => {
    const box = await makeSandbox()
    const state = join(box.home, 'labs/one/tofu.tfstate')
    await mkdir(dirname(state), { recursive: true })
    const thing = { mode: 'managed', type: 'x', name: 'x', provider: `provider["${OTHER}"]`, instances: [] }
    await writeFile(state, JSON.stringify({ version: 4, resources: [thing] }))
    const run = await tryUp(box, 'one')
    expect([run.code, run.json()]).toMatchObject([1, { error: { code: 'state-refused' } }])
    expect([existsSync(join(box.root, 'loads.log')), applied(box)]).toEqual([false, false])
  })

  test('is not run where it was loaded all the same, and goes again', async () => {
    const box = await makeSandbox()
    const run = await tryUp(box, 'one', { LOADS_TOO: OTHER })
    expect([run.code, run.json()]).toMatchObject([1, { error: { code: 'provider-refused' } }])
    expect(run.stderr + run.stdout).toContain(OTHER)
    expect(applied(box)).toBe(false)
    await up(box, 'one')
    expect(applied(box)).toBe(true)
  })
})
