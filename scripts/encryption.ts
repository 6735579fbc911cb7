import type { ConfigFile } from './config-schema.js'
import { LabError } from './errors.js'

/** How OpenTofu encrypts a lab's state and plans. */
export type Encryption =
  | { readonly kind: 'passphrase'; readonly variable: string; readonly passphrase: string | undefined }
  | { readonly kind: 'aws-kms'; readonly key: string; readonly region: string }
  | { readonly kind: 'gcp-kms'; readonly key: string }

/** State encryption came with OpenTofu 1.7.0 (its CHANGELOG). */
export const ENCRYPTION_ENGINE = '1.7.0'

/** OpenTofu's own minimum (internal/encryption/keyprovider/pbkdf2). */
const SHORTEST_PASSPHRASE = 16
/** Part of each encrypted state: renaming it makes them unreadable. */
const LABEL = 'lab'

/**
 * The encryption that the configuration asks for. `take` returns a variable's value and removes it from the
 * environment. Throws LabError passphrase-short; a missing passphrase matters only when the engine runs.
 */
export function resolveEncryption(
  config: ConfigFile['encryption'],
  take: (variable: string) => string | undefined,
): Encryption | undefined {
  if (config === undefined) return undefined
  const { passphraseEnv: variable, awsKms, gcpKms } = config
  if (awsKms !== undefined) return { kind: 'aws-kms', ...awsKms }
  if (gcpKms !== undefined) return { kind: 'gcp-kms', ...gcpKms }
  if (variable === undefined) return undefined
  const passphrase = take(variable)
  if (passphrase !== undefined && passphrase.length < SHORTEST_PASSPHRASE) {
    throw new LabError({ code: 'passphrase-short', variable, minimum: SHORTEST_PASSPHRASE })
  }
  return { kind: 'passphrase', variable, passphrase }
}

/** Every form in which the passphrase may appear in a text. */
export function encryptionSecrets(encryption: Encryption | undefined): readonly string[] {
  if (encryption?.kind !== 'passphrase' || encryption.passphrase === undefined) return []
  return [encryption.passphrase, literal(encryption.passphrase)]
}

/**
 * The value of TF_ENCRYPTION: the body of OpenTofu's `encryption` block as JSON
 * (https://opentofu.org/docs/language/state/encryption/). `enforced`: nothing is ever read or written
 * unencrypted. Throws LabError passphrase-missing.
 */
export function engineEncryption(encryption: Encryption): string {
  const [provider, settings] = keyProvider(encryption)
  const target = { method: `method.aes_gcm.${LABEL}`, enforced: true }
  return JSON.stringify({
    key_provider: { [provider]: { [LABEL]: settings } },
    method: { aes_gcm: { [LABEL]: { keys: `\${key_provider.${provider}.${LABEL}}` } } },
    state: target,
    plan: target,
  })
}

function keyProvider(encryption: Encryption): readonly [string, object] {
  switch (encryption.kind) {
    case 'passphrase': {
      const { variable, passphrase } = encryption
      if (passphrase === undefined) throw new LabError({ code: 'passphrase-missing', variable })
      return ['pbkdf2', { passphrase: literal(passphrase) }]
    }
    case 'aws-kms':
      return [
        'aws_kms',
        { kms_key_id: literal(encryption.key), region: encryption.region, key_spec: 'AES_256' },
      ]
    case 'gcp-kms':
      return ['gcp_kms', { kms_encryption_key: literal(encryption.key), key_length: 32 }]
  }
}

/** A text in OpenTofu's JSON form: `${` and `%{` begin templates there. */
const literal = (text: string): string => text.replaceAll(/[$%](?=\{)/g, (mark) => mark + mark)
