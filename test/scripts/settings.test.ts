import { describe, expect, test } from '@jest/globals'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Flags } from '../../scripts/flags.js'
import { loadConfig } from '../../scripts/config.js'
import { readEnvironment } from '../../scripts/env.js'
import { resolveSettings, type Settings } from '../../scripts/settings.js'
import { duration, Unfit } from '../../scripts/setting-values.js'
import { faultOf, temporaryFolder } from '../support/cli/support.js'

const NO_CONFIG = { values: {}, files: [], origins: {} }
const settings = (flags: Flags, variables: Record<string, string> = {}): Settings =>
  resolveSettings(flags, readEnvironment(variables), NO_CONFIG, '/work')

interface Setting {
  readonly flag: string
  readonly variable: string
  readonly key: string
  readonly of: (settings: Settings) => unknown
  /** From the flag, the environment, the project's file, the user's file, and the default. */
  readonly values: readonly [string, string, string, string]
  readonly expected: readonly [unknown, unknown, unknown, unknown, unknown]
}

const same = (
  flag: string,
  key: keyof Settings,
  fallback: unknown,
  values: Setting['values'] = ['by-flag', 'by-env', 'by-project', 'by-user'],
): Setting => ({
  flag,
  variable: `DISTROLAB_${flag.toUpperCase().replaceAll('-', '_')}`,
  key,
  of: (found) => found[key],
  values,
  expected: [...values, fallback],
})

const SETTINGS: readonly Setting[] = [
  same('profile', 'profile', undefined),
  same('region', 'region', undefined),
  same('zone', 'zone', undefined),
  same('network', 'network', undefined, ['own', 'vpc-0a1b2c3d', 'default', 'group/net/sub']),
  {
    ...same('tag', 'tags', undefined, ['a=1', 'a=2,b=x=y', '{a: "3", c: z}', '{a: "4"}']),
    key: 'tags',
    expected: [
      { a: '1', b: 'x=y', c: 'z' },
      { a: '2', b: 'x=y', c: 'z' },
      { a: '3', c: 'z' },
      { a: '4' },
      {},
    ],
  },
  {
    ...same('disk', 'diskGiB', undefined, ['40', '50GiB', '60', '70']),
    key: 'disk',
    expected: [40, 50, 60, 70, undefined],
  },
  {
    ...same('spot', 'spot', undefined, ['true', 'false', 'true', 'false']),
    expected: [true, false, true, false, undefined],
  },
  {
    ...same('ssh-config', 'sshConfig', undefined, ['true', 'false', 'true', 'false']),
    expected: [true, false, true, false, undefined],
  },
  {
    ...same('apply-timeout', 'applyTimeout', undefined, ['1s', '2s', '3s', '4s']),
    expected: [1000, 2000, 3000, 4000, undefined],
  },
  same('size', 'size', undefined),
  { ...same('arch', 'architecture', undefined, ['arm64', 'x86_64', 'arm64', 'x86_64']), key: 'arch' },
  {
    ...same('regions', 'regions', undefined, ['eu-1, eu-2', 'us-1', '[sa-1, sa-2]', '[af-1]']),
    expected: [['eu-1', 'eu-2'], ['us-1'], ['sa-1', 'sa-2'], ['af-1'], []],
  },
  {
    ...same('allow-from', 'allowFrom', undefined, [
      '192.0.2.1',
      '192.0.2.2/32',
      '192.0.2.0/24',
      '2001:db8::1',
    ]),
    expected: [['192.0.2.1/32'], ['192.0.2.2/32'], ['192.0.2.0/24'], ['2001:db8::1/128'], []],
  },
  same('instance-type', 'instanceType', undefined),
  same('backend', 'backend', undefined, ['file:///flag', 'file:///env', 'file:///project', 'file:///user']),
  same('ssh-key', 'sshKey', undefined, ['/flag', '/env', '/project', '/user']),
  same('engine-mirror', 'engineMirror', undefined, ['http://a/f', 'http://a/e', 'http://a/p', 'http://a/u']),
  same('wait', 'wait', 'ready', ['none', 'ssh', 'none', 'ssh']),
  same('on-failure', 'onFailure', 'keep', ['destroy', 'keep', 'destroy', 'keep']),
  {
    ...same('ttl', 'ttl', undefined, ['30m', 'none', '90s', '1d']),
    expected: [1_800_000, null, 90_000, 86_400_000, 14_400_000],
  },
  {
    ...same('wait-lock', 'waitLock', undefined, ['1s', '2s', '3s', '4s']),
    expected: [1000, 2000, 3000, 4000, 600_000],
  },
  {
    ...same('wait-timeout', 'waitTimeout', undefined, ['1s', '2s', '3s', '4s']),
    expected: [1000, 2000, 3000, 4000, 300_000],
  },
]

test.each(SETTINGS.map((setting) => [setting.flag, setting] as const))(
  '--%s: the flag wins over the environment, that over distrolab.yaml, that over the user file, that over the default',
  async (_flag, { flag, variable, key, of, values, expected }) => {
    const root = temporaryFolder()
    const configHome = join(root, 'user')
    const cwd = join(root, 'project/below')
    await mkdir(cwd, { recursive: true })
    await mkdir(configHome)
    const [byFlag, byEnv, byProject, byUser] = values
    const project = join(root, 'project/distrolab.yaml')
    const user = join(configHome, 'config.yaml')
    await writeFile(project, `${key}: ${byProject}\n`)
    await writeFile(user, `${key}: ${byUser}\n`)
    const found = async (flags: Flags, variables: Record<string, string>): Promise<unknown> =>
      of(resolveSettings(flags, readEnvironment(variables), await loadConfig({ cwd, configHome }), cwd))

    const seen = [
      await found({ [flag]: byFlag }, { [variable]: byEnv }),
      await found({}, { [variable]: byEnv }),
    ]
    seen.push(await found({}, {}))
    await rm(project)
    seen.push(await found({}, {}))
    await rm(user)
    seen.push(await found({}, {}))
    expect(seen).toEqual(expected)
  },
)

describe('tags', () => {
  test('that were typed are told from those of the environment and of files', () => {
    const found = settings({ tag: ['a=1', 'b=2'] }, { DISTROLAB_TAG: 'c=3' })
    expect([found.tags, found.askedTags]).toEqual([
      { a: '1', b: '2', c: '3' },
      { a: '1', b: '2' },
    ])
  })

  test.each([
    ['team', '--tag: expected KEY=VALUE; got "team"'],
    ['=infra', '--tag: expected KEY=VALUE; got "=infra"'],
    ['téam=infra', '--tag: expected a key of a tag'],
    ['team=${x}', '--tag: expected a value of a tag'],
    ['team=a\nb', '--tag: expected a value of a tag'],
    [`${'k'.repeat(129)}=v`, '--tag: expected a key of a tag'],
    ['distrolab-lab=web', '--tag: keys that begin with distrolab- are reserved'],
    ['Distrolab-Lab=web', '--tag: keys that begin with distrolab- are reserved'],
  ])('%j is refused with what is expected', async (given, problem) => {
    expect(await faultOf(() => settings({ tag: [given] }))).toMatchObject({
      code: 'usage',
      problem: expect.stringContaining(problem),
    })
  })
})

test.each(['../x', 'a;b', 'a/b/c/d', '-x', '', 'a b', '$(id)'])(
  '%j is refused as the name of a network',
  async (given) => {
    expect(await faultOf(() => settings({ network: given }))).toMatchObject({
      code: 'usage',
      problem: expect.stringMatching(/^--network: expected (own, default, or .*|a value.*), got "/),
    })
  },
)

describe('switches', () => {
  test('are off unless given', () => {
    expect(settings({})).toMatchObject({ yes: false, quiet: false, json: false, verbosity: 0 })
    expect(settings({ yes: true, quiet: true, output: 'json', verbose: 2 })).toMatchObject({
      yes: true,
      quiet: true,
      json: true,
      verbosity: 2,
    })
  })

  test('come from the environment too, as the help promises for any flag', () => {
    const variables = {
      DISTROLAB_YES: '1',
      DISTROLAB_QUIET: 'true',
      DISTROLAB_OUTPUT: 'json',
      DISTROLAB_VERBOSE: '2',
    }
    expect(settings({}, variables)).toMatchObject({ yes: true, quiet: true, json: true, verbosity: 2 })
    expect(settings({}, { DISTROLAB_YES: '0', DISTROLAB_QUIET: 'false' })).toMatchObject({
      yes: false,
      quiet: false,
    })
    expect(settings({ yes: false }, variables).yes).toBe(false)
  })
})

describe('a path on the command line', () => {
  test.each([
    ['~/.ssh/id', join(homedir(), '.ssh/id')],
    ['keys/id', '/work/keys/id'],
    ['/abs/id', '/abs/id'],
  ])('--ssh-key %s is %s', (given, expected) => {
    expect(settings({ 'ssh-key': given }).sshKey).toBe(expected)
  })
})

describe('a network that may reach SSH', () => {
  test.each([
    '203.0.113.7/33',
    '203.0.113',
    'example.org',
    '2001:db8::/129',
    '203.0.113.7/',
    '1.2.3.4/8/8',
    'fe80::1%eth0',
    '1.2.3.4/08',
    '010.0.0.0/8',
    '10.0.0.0/-1',
    '2001:db8::/032',
    ',',
  ])('%s is none', async (given) => {
    const fault = await faultOf(() => settings({ 'allow-from': given }))
    expect(fault).toMatchObject({ code: 'usage', problem: expect.stringContaining(`got "${given}"`) })
  })

  test.each([
    ['10.0.0.5/8', '10.0.0.0/8'],
    ['255.255.255.255/1', '128.0.0.0/1'],
    ['1.2.3.4/0', '0.0.0.0/0'],
    ['2001:db8::5/32', '2001:db8::/32'],
    ['2001:db8:0:0:ffff::1/63', '2001:db8::/63'],
  ])('%s is not guessed to be another one, and which one that is is said', async (given, network) => {
    const expected = `auto or networks such as 203.0.113.7/32; the network of ${given} is ${network}`
    const problem = `--allow-from: expected ${expected}, got "${given}"`
    expect(await faultOf(() => settings({ 'allow-from': given }))).toEqual({ code: 'usage', problem })
  })

  test('is in one form, once', () => {
    const given = '2001:DB8:0:0::1,2001:db8::1/128, 192.0.2.1,192.0.2.1/32,0.0.0.0/0,::/0,2001:db8::/32'
    expect(settings({ 'allow-from': given }).allowFrom).toEqual([
      ...['2001:db8::1/128', '192.0.2.1/32', '0.0.0.0/0', '::/0', '2001:db8::/32'],
    ])
    expect(settings({ regions: 'eu-1, eu-1,,us-1' }).regions).toEqual(['eu-1', 'us-1'])
  })

  test('auto is kept for whoever asks where we are, and several are told apart by commas', () => {
    expect(settings({ 'allow-from': 'auto, 192.0.2.1' }).allowFrom).toEqual(['auto', '192.0.2.1/32'])
    expect(settings({ 'allow-from': '10.0.0.0/8, 192.0.2.1' }).allowFrom).toEqual([
      '10.0.0.0/8',
      '192.0.2.1/32',
    ])
  })
})

describe('durations', () => {
  test.each([
    ['0', 0],
    ['90s', 90_000],
    ['10m', 600_000],
    ['2h30m', 9_000_000],
    ['3d', 259_200_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
  ])('%s is %d ms', (given, ms) => {
    expect(duration(given)).toBe(ms)
  })

  test.each([
    '',
    '10',
    '10 m',
    '-5m',
    '5 minutes',
    'm',
    '1y',
    '1e3s',
    'soon',
    'inf',
    'NaN',
    `${'9'.repeat(400)}d`,
  ])('"%s" is none', (given) => {
    expect(duration(given)).toBeInstanceOf(Unfit)
  })

  test.each([
    ['apply-timeout', '25d', 'a duration of at most 24d such as 90s or 20m'],
    ['wait-timeout', '25d', 'a duration of at most 24d such as 90s or 20m'],
    ['wait-timeout', '0', 'a duration of at most 24d such as 90s or 20m'],
    ['timeout', '25d', 'a duration of at most 24d such as 90s or 20m'],
    ['wait-lock', '1000d', 'a duration of at most 365d such as 90s, 10m or 0'],
    ['wait-lock', 'inf', 'a duration of at most 365d such as 90s, 10m or 0'],
    ['older-than', '-1d', 'a duration such as 90s, 10m, 2h30m or 0'],
  ])('--%s %s is refused: no timer would wait for it, or not as it says', async (flag, value, expected) => {
    const problem = `--${flag}: expected ${expected}, got "${value}"`
    expect(await faultOf(() => settings({ [flag]: value }))).toEqual({ code: 'usage', problem })
  })

  test('up to their limits they are as given', () => {
    expect(settings({ 'apply-timeout': '24d', 'wait-lock': '365d', timeout: '24d' })).toMatchObject({
      applyTimeout: 2_073_600_000,
      waitLock: 31_536_000_000,
      timeout: 2_073_600_000,
    })
  })
})

describe('what is wrong', () => {
  test('is told at once, each with where it is from', async () => {
    const variables = {
      DISTROLAB_TTL: 'soon',
      DISTROLAB_WAIT_LOCK: 'inf',
      DISTROLAB_YES: 'yes',
      DISTROLAB_VERBOSE: 'x',
    }
    const fault = await faultOf(() => settings({ disk: '4T', ttl: '4' }, variables))
    expect(fault).toEqual({
      code: 'usage',
      problem: [
        '--ttl: expected a duration of at most 365d such as 30m, 4h or 3d, or none, got "4"',
        '--disk: expected GiB such as 40, got "4T"',
        'DISTROLAB_WAIT_LOCK: expected a duration of at most 365d such as 90s, 10m or 0, got "inf"',
        'DISTROLAB_YES: expected true, 1, false, 0, got "yes"',
        'DISTROLAB_VERBOSE: expected a small number, such as 2, got "x"',
      ].join('\n'),
    })
  })

  test.each(['ttl', 'regions', 'region', 'allow-from', 'name', 'ssh-key', 'backend', 'profile', 'zone'])(
    'an empty --%s is not taken for one that was left out',
    async (flag) => {
      const problem = `--${flag}: expected a value; leave it out for the default, got ""`
      expect(await faultOf(() => settings({ [flag]: '' }))).toEqual({ code: 'usage', problem })
    },
  )

  test('a variable that is empty is not set', () => {
    expect(settings({}, { DISTROLAB_REGIONS: '', DISTROLAB_TTL: '' })).toMatchObject({
      regions: [],
      ttl: 14_400_000,
    })
  })
})

test.each(['0', '366d', '99999999999d', 'never', '4'])(
  '--ttl %s is no time to live, and the message says what is',
  async (ttl) => {
    const fault = await faultOf(() => settings({ ttl }))
    expect(fault).toMatchObject({
      code: 'usage',
      problem: expect.stringMatching(/^--ttl: expected a duration/),
    })
  },
)

test('--older-than is a duration in the same words, and means nothing unless given', () => {
  expect(settings({}).olderThan).toBeUndefined()
  expect(settings({ 'older-than': '1d' }).olderThan).toBe(86_400_000)
})

test.each([
  ['on-failure', 'remove', '--on-failure: expected keep, destroy, got "remove"'],
  ['wait', 'later', '--wait: expected ready, ssh, none, got "later"'],
  ['disk', '0', '--disk: expected GiB such as 40, got "0"'],
  ['disk', '4T', '--disk: expected GiB such as 40, got "4T"'],
  ['spot', 'yes', '--spot: expected true, false, got "yes"'],
  ['output', 'yaml', '--output: expected text, json, markdown, got "yaml"'],
])('--%s %s is a usage error that lists what there is', async (flag, value, problem) => {
  expect(await faultOf(() => settings({ [flag]: value }))).toEqual({ code: 'usage', problem })
})

test.each(['file:///srv/tofu', 'mirror.example.org', 's3://bucket'])(
  'a mirror that is no web address is refused: "%s"',
  async (mirror) => {
    const fault = await faultOf(() => settings({}, { DISTROLAB_ENGINE_MIRROR: mirror }))
    expect(fault).toMatchObject({
      code: 'usage',
      problem: expect.stringContaining('DISTROLAB_ENGINE_MIRROR'),
    })
  },
)
