import { describe, expect, test } from '@jest/globals'
import { encryptionSecrets, engineEncryption, resolveEncryption } from '../../scripts/encryption.js'
import { parseConfig } from '../../scripts/config-parse.js'
import { faultOf } from '../support/cli/support.js'

const PASSPHRASE = 'correct horse battery staple'
const take = (value: string | undefined) => (name: string) => (name === 'LABS' ? value : undefined)
const withPassphrase = (value: string | undefined) =>
  resolveEncryption({ passphraseEnv: 'LABS' }, take(value))

/** The part of TF_ENCRYPTION that differs. */
const keyProvider = (...of: Parameters<typeof engineEncryption>): unknown =>
  (JSON.parse(engineEncryption(...of)) as { key_provider: unknown }).key_provider

describe('the configuration', () => {
  test('asks for nothing unless it says so', () => {
    expect(resolveEncryption(undefined, take(PASSPHRASE))).toBeUndefined()
  })

  test('names the variable that holds the passphrase', () => {
    expect(withPassphrase(PASSPHRASE)).toEqual({
      kind: 'passphrase',
      variable: 'LABS',
      passphrase: PASSPHRASE,
    })
  })

  test('a passphrase that OpenTofu would refuse is refused at once, and not repeated', async () => {
    const short = 'fifteen letters'
    const fault = await faultOf(() => withPassphrase(short))
    expect(fault).toEqual({ code: 'passphrase-short', variable: 'LABS', minimum: 16 })
    expect(withPassphrase(`${short}!`)).toMatchObject({ passphrase: `${short}!` })
  })

  test('one that is not set is missed when the engine is about to run', async () => {
    const encryption = withPassphrase(undefined)
    if (encryption === undefined) throw new TypeError('it was asked for')
    expect(await faultOf(() => engineEncryption(encryption))).toEqual({
      code: 'passphrase-missing',
      variable: 'LABS',
    })
  })

  test.each([
    ['nothing', '{}'],
    ['two ways', '{passphraseEnv: A, gcpKms: {key: k}}'],
    ['a passphrase instead of its place', '{passphraseEnv: "hunter2 hunter2 hunter2"}'],
    ['a passphrase under another key', '{passphrase: hunter2hunter2hunter2}'],
    ['a KMS key without its region', '{awsKms: {key: hunter2}}'],
    ['the passphrase alone', 'hunter2hunter2hunter2'],
  ])('%s is a mistake that is told without what was written', (_what, yaml) => {
    const { problems } = parseConfig('/c.yaml', `encryption: ${yaml}`)
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.every(({ field }) => field.startsWith('encryption'))).toBe(true)
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })

  test.each([
    '{passphraseEnv: LABS}',
    '{awsKms: {key: alias/labs, region: eu-west-1}}',
    '{gcpKms: {key: k}}',
  ])('%s is none', (yaml) => expect(parseConfig('/c.yaml', `encryption: ${yaml}`).problems).toEqual([]))
})

describe('TF_ENCRYPTION', () => {
  test('encrypts states and plans, and lets nothing pass in clear', () => {
    const encryption = withPassphrase(PASSPHRASE)
    if (encryption === undefined) throw new TypeError('it was asked for')
    expect(JSON.parse(engineEncryption(encryption))).toEqual({
      key_provider: { pbkdf2: { lab: { passphrase: PASSPHRASE } } },
      method: { aes_gcm: { lab: { keys: '${key_provider.pbkdf2.lab}' } } },
      state: { method: 'method.aes_gcm.lab', enforced: true },
      plan: { method: 'method.aes_gcm.lab', enforced: true },
    })
  })

  test('has the key of AWS or Google in the words of each', () => {
    expect(keyProvider({ kind: 'aws-kms', key: 'alias/labs', region: 'eu-west-1' })).toEqual({
      aws_kms: { lab: { kms_key_id: 'alias/labs', region: 'eu-west-1', key_spec: 'AES_256' } },
    })
    expect(keyProvider({ kind: 'gcp-kms', key: 'projects/p/cryptoKeys/k' })).toEqual({
      gcp_kms: { lab: { kms_encryption_key: 'projects/p/cryptoKeys/k', key_length: 32 } },
    })
  })

  test('a passphrase that looks like a template is one no more', () => {
    const passphrase = 'a ${b} %{if c} $d $${e} 100%'
    const escaped = 'a $${b} %%{if c} $d $$${e} 100%'
    expect(keyProvider({ kind: 'passphrase', variable: 'V', passphrase })).toEqual({
      pbkdf2: { lab: { passphrase: escaped } },
    })
    expect(encryptionSecrets({ kind: 'passphrase', variable: 'V', passphrase })).toEqual([
      passphrase,
      escaped,
    ])
  })
})
