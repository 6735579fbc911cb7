import { describe, expect, test } from '@jest/globals'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { readEnvironment } from '../../scripts/env.js'

describe('folders', () => {
  test('DISTROLAB_* names them exactly', () => {
    const { home, cache, configHome } = readEnvironment({
      DISTROLAB_HOME: '/srv/home',
      DISTROLAB_CACHE: 'relative/cache',
      DISTROLAB_CONFIG_HOME: '/srv/config',
      XDG_STATE_HOME: '/xdg/state',
    })
    expect({ home, cache, configHome }).toEqual({
      home: '/srv/home',
      cache: join(process.cwd(), 'relative/cache'),
      configHome: '/srv/config',
    })
  })

  test('the XDG folders come next, with a folder of our own in each', () => {
    const { home, cache, configHome } = readEnvironment({
      XDG_STATE_HOME: '/xdg/state',
      XDG_CACHE_HOME: '/xdg/cache',
      XDG_CONFIG_HOME: '/xdg/config',
    })
    expect([home, cache, configHome]).toEqual([
      '/xdg/state/distrolab',
      '/xdg/cache/distrolab',
      '/xdg/config/distrolab',
    ])
  })

  test('an empty variable and a relative XDG folder count as absent, as the XDG specification says', () => {
    const { home, cache } = readEnvironment({ DISTROLAB_HOME: '', XDG_CACHE_HOME: 'relative' })
    expect(home).toBe(join(homedir(), '.local/state/distrolab'))
    expect(cache).toBe(join(homedir(), '.cache/distrolab'))
  })
})

test('DISTROLAB_<FLAG> is a default for the flag; the other names of ours and empty values are not', () => {
  const { flags, tofu, lease } = readEnvironment({
    DISTROLAB_WAIT_LOCK: '5m',
    DISTROLAB_SSH_KEY: '/k',
    DISTROLAB_SIZE: '',
    DISTROLAB_HOME: '/h',
    DISTROLAB_CACHE: '/c',
    DISTROLAB_TOFU: '/t',
    DISTROLAB_CONFIG_HOME: '/config',
    DISTROLAB_LEASE: 'demo:3:0a:71',
    OTHER_REGION: 'x',
  })
  expect(flags).toEqual({ 'wait-lock': '5m', 'ssh-key': '/k' })
  expect(tofu).toBe('/t')
  expect(lease).toBe('demo:3:0a:71')
})

test('values of variables with secret names are collected, and the passwords of URLs in any variable', () => {
  const { secrets } = readEnvironment({
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI',
    GITHUB_TOKEN: 'ghp_123456',
    GOOGLE_CREDENTIALS: '{"private_key":"x"}',
    DB_PASSWORD: 'hunter22',
    EMPTY_TOKEN: '',
    HTTPS_PROXY: 'http://anna:pass%20word@proxy:3128',
    TOKENIZER: 'not-a-secret',
    HOME: '/home/anna',
  })
  expect([...secrets].sort()).toEqual(
    [
      ...['wJalrXUtnFEMI', 'ghp_123456', '{"private_key":"x"}', 'hunter22'],
      ...['pass%20word', 'pass word'],
    ].sort(),
  )
})

test("settings meant for somebody's own OpenTofu work are kept from the engine, the others reach it", () => {
  const { unsetForEngine } = readEnvironment({
    TF_CLI_ARGS: '-x',
    TF_CLI_ARGS_apply: '-y',
    TF_WORKSPACE: 'prod',
    TF_DATA_DIR: '/d',
    TF_INPUT: '1',
    TF_PLUGIN_CACHE_DIR: '/p',
    TF_ENCRYPTION: '{}',
    TF_REATTACH_PROVIDERS: '{}',
    TF_CLI_CONFIG_FILE: '/dev/null',
    TF_LOG: 'debug',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  })
  expect([...unsetForEngine].sort()).toEqual([
    'TF_CLI_ARGS',
    'TF_CLI_ARGS_apply',
    'TF_DATA_DIR',
    'TF_ENCRYPTION',
    'TF_INPUT',
    'TF_REATTACH_PROVIDERS',
    'TF_WORKSPACE',
  ])
})

test('a file of OpenTofu settings that is not there is kept from the engine, which would call it broken', () => {
  const { unsetForEngine } = readEnvironment({ TF_CLI_CONFIG_FILE: '/nosuch/tofurc' })
  expect(unsetForEngine).toEqual(['TF_CLI_CONFIG_FILE'])
})

test('the CI run is named by what the service sets, and only when all of it is there', () => {
  const github = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'a/b', GITHUB_RUN_ID: '7' }
  expect(readEnvironment(github).ciRunUrl).toBe('https://github.com/a/b/actions/runs/7')
  expect(readEnvironment({ ...github, GITHUB_RUN_ID: '' }).ciRunUrl).toBeUndefined()
  expect(readEnvironment({ CI_JOB_URL: 'https://gitlab/1' }).ciRunUrl).toBe('https://gitlab/1')
  expect(readEnvironment({ BUILD_URL: 'http://ci:secret@host/job/My Job\u202e/' }).ciRunUrl).toBe(
    'http://host/job/My%20Job%E2%80%AE/',
  )
  for (const url of ['not a url', 'javascript:x', `https://ci/${'x'.repeat(3000)}`])
    expect(readEnvironment({ CI_JOB_URL: url }).ciRunUrl).toBeUndefined()
})

test('the session is what DISTROLAB_SESSION says, else the CI run, else nothing; it is no default for a flag', () => {
  const inCi = { CI_JOB_URL: 'https://gitlab/1' }
  expect(readEnvironment({ ...inCi, DISTROLAB_SESSION: 'nightly' })).toMatchObject({
    session: 'nightly',
    ciRunUrl: 'https://gitlab/1',
    flags: {},
  })
  expect(readEnvironment({ ...inCi, DISTROLAB_SESSION: '' }).session).toBe('https://gitlab/1')
  expect(readEnvironment({}).session).toBeUndefined()
})

test.each([
  ['true', true],
  ['1', true],
  ['false', false],
  ['', false],
])('CI=%s means %s', (value, expected) => {
  expect(readEnvironment({ CI: value }).isCi).toBe(expected)
})

test('NO_COLOR counts when it is not empty, whatever it says', () => {
  expect(readEnvironment({ NO_COLOR: '0' }).noColor).toBe(true)
  expect(readEnvironment({ NO_COLOR: '' }).noColor).toBe(false)
})

test('PATH is split, without its empty entries', () => {
  expect(readEnvironment({ PATH: '/a::/b:' }).path).toEqual(['/a', '/b'])
})

test('of npm the script, its settings by the names of flags, and its files are read', () => {
  expect(readEnvironment({ npm_config_all: 'true' }).npm).toBeUndefined()
  const { npm } = readEnvironment({
    npm_lifecycle_event: 'up',
    npm_config_wait_lock: '0',
    npm_config__auth: 'secret',
    npm_package_name: 'labs',
    npm_config_local_prefix: '/srv/labs',
    npm_config_userconfig: '/home/anna/.npmrc',
  })
  expect(npm).toEqual({
    name: 'up',
    settings: { 'wait-lock': '0', 'local-prefix': '/srv/labs', userconfig: '/home/anna/.npmrc' },
    files: ['/srv/labs/.npmrc', '/home/anna/.npmrc'],
  })
})
