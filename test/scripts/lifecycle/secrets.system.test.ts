import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { openStore } from '../../../backend/open-store.js'
import { generateKeyPair } from '../../../scripts/machine/key-pair.js'
import { bucketServers, withPrefix } from '../../services/buckets.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { optionsFor, useBucket } from '../../support/labs/bucket-lab.js'
import { filesWith } from '../../support/labs/files-with.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(240_000)
const makeSandbox = useSandboxes()

/** What people and CI have around them; none of it may be found anywhere afterwards. */
const planted = {
  passphrase: 'planted%{passphrase} of 20',
  token: 'ya29.planted-token-0123456789',
  session: 'planted/session+token==',
  proxy: 'planted%2Fproxy',
  mirror: 'planted-mirror-word',
  backend: 'planted-backend-word',
} as const

const around = {
  OUR_LABS: planted.passphrase,
  AWS_SESSION_TOKEN: planted.session,
  GOOGLE_OAUTH_ACCESS_TOKEN: planted.token,
  NO_PROXY: '127.0.0.1',
  HTTPS_PROXY: `http://anna:${planted.proxy}@127.0.0.1:9`,
  DISTROLAB_ENGINE_MIRROR: `http://anna:${planted.mirror}@127.0.0.1:9999/tofu`,
  TF_ENCRYPTION: `{"passphrase":"${planted.passphrase}"}`,
}

const leaksOf = (secrets: readonly string[]) => (text: string) =>
  secrets.some((secret) => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)))

async function privateKeyOf(box: Sandbox): Promise<{ path: string; text: string; line: string }> {
  const path = join(box.root, 'id_of_anna')
  const text = generateKeyPair('anna').private
  await writeFile(path, text, { mode: 0o600 })
  return { path, text, line: text.split('\n')[3] ?? '' }
}

describe.each(bucketServers)('the life of a lab in a bucket on %s', (_name, start) => {
  const at = useBucket(start)

  test('leaves no secret in any output, log, record, event, lease, state or file', async () => {
    const box = await makeSandbox()
    const key = await privateKeyOf(box)
    // One of the three is enough for what encryption costs; servers of S3 know no session token.
    const isGcs = at.bucket.location.kind === 'gcs'
    if (isGcs) await box.configure('encryption: {passphraseEnv: OUR_LABS}')
    const { session, passphrase, backend, ...known } = planted
    const keys = Object.values(at.bucket.env).filter((value) => value.includes('secret'))
    const told = [...Object.values(known), ...keys, 'planted/proxy', ...(isGcs ? [session, passphrase] : [])]
    const leaks = leaksOf([...told, backend, session, passphrase, key.line])
    const location = { ...withPrefix(at.bucket.location, randomUUID()), endpoint: at.proxy.url }
    const options = { env: { ...(await optionsFor(at.bucket, location)).env, ...around } }
    if (!isGcs) Object.assign(options.env, { AWS_SESSION_TOKEN: undefined })

    const outputs: string[] = []
    const run = async (code: number, words: readonly string[], more: object = {}): Promise<string> => {
      const result = await box.run(words, { env: { ...options.env, ...more } })
      expect(`${words.join(' ')} → ${result.code} ${result.stderr}`).toContain(` → ${code} `)
      outputs.push(result.stdout, result.stderr)
      return result.stdout + result.stderr
    }

    // What fails.
    const all = `no memory for ${[...told, key.text].join(' and ')}`
    await box.knobs({ failStart: all })
    expect(await run(1, ['up', '--profile', LAB, '-vv', '--ssh-key', key.path])).toContain(
      'no memory for [redacted]',
    )
    await box.knobs({})
    at.proxy.plan(() => ({ status: 418, when: 'before', body: `<Error><Message>${all}</Message></Error>` }))
    const answered = await box.run(['status', LAB, '-o', 'json'], options)
    expect(answered.stdout).toContain('[redacted]')
    outputs.push(answered.stdout, answered.stderr)
    at.proxy.plan(() => undefined)
    for (const url of [
      `s3://anna:${backend}@bucket?region=eu-west-1`,
      `s3://bucket?endpoint=https://anna:${backend}@minio:9000`,
      `gs://bucket?endpoint=${encodeURIComponent(`https://anna:${backend}@minio:9000`)}`,
    ])
      expect(await run(2, ['list', '-o', 'json', '--backend', url])).toContain('[redacted]')
    const withoutEngine = { DISTROLAB_TOFU: undefined, PATH: '/usr/bin:/bin' }
    if (!isGcs)
      expect(await run(1, ['up', '--profile', LAB, '-vv'], withoutEngine)).toContain('127.0.0.1:9999')

    // What works.
    await run(0, ['up', LAB, '-vv', '-o', 'json'])
    await run(0, ['exec', LAB, '-vv', '--', 'true'])
    for (const words of [
      ...[['status', LAB], ['list'], ['history', LAB], ['lock', 'status', LAB], ['synth', LAB], ['doctor']],
    ])
      await run(0, [...words, '-o', 'json'])
    const store = await openStore(location)
    const objects = async (): Promise<string[]> =>
      Promise.all((await store.list('')).map(async (name) => (await store.get(name))?.body ?? ''))
    expect((await objects()).filter(leaks)).toEqual([])
    expect(await filesWith([box.home, box.cache], leaks)).toEqual([])
    await run(0, ['down', LAB, '-vv'])
    expect((await objects()).filter(leaks)).toEqual([])
    expect(await filesWith([box.home, box.cache], leaks)).toEqual([])
    expect(outputs.filter(leaks)).toEqual([])
  })
})
