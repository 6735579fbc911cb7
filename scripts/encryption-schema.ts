import { Type } from '@sinclair/typebox'
import { text } from '../distro-catalog/setting-schema.js'

const passphraseEnv = Type.String({
  pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
  title: 'Variable of the passphrase',
  description:
    'The name of the environment variable that holds the passphrase, never the passphrase itself. It must have 16 characters or more.',
  expected: 'the name of an environment variable that holds the passphrase',
  examples: ['LABS_PASSPHRASE'],
})

const awsKms = Type.Object(
  {
    key: text({
      title: 'KMS key',
      description: 'The ARN, id or alias of the key.',
      expected: 'ARN, id or alias of a KMS key',
      examples: ['alias/labs'],
    }),
    region: text({
      title: 'Region of the key',
      description: 'The AWS region that the key is in.',
      expected: 'the region of the key',
      examples: ['eu-west-1'],
    }),
  },
  {
    additionalProperties: false,
    title: 'Key in AWS KMS',
    description: 'Encrypts with a key of AWS KMS. Everyone who works on the labs needs the right to use it.',
    expected: '{key, region} of a KMS key',
  },
)

const gcpKms = Type.Object(
  {
    key: text({
      title: 'Cloud KMS key',
      description: 'The full name of the key.',
      expected: 'projects/P/locations/L/keyRings/R/cryptoKeys/K',
      examples: ['projects/labs/locations/europe/keyRings/labs/cryptoKeys/state'],
    }),
  },
  {
    additionalProperties: false,
    title: 'Key in Google Cloud KMS',
    description:
      'Encrypts with a key of Google Cloud KMS. Everyone who works on the labs needs the right to use it.',
    expected: '{key} of a Cloud KMS key',
  },
)

/** How OpenTofu encrypts the state and plans of a lab. The configuration only says where a passphrase is. */
export const encryptionSchema = Type.Object(
  {
    passphraseEnv: Type.Optional(passphraseEnv),
    awsKms: Type.Optional(awsKms),
    gcpKms: Type.Optional(gcpKms),
  },
  {
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    title: 'Encryption of OpenTofu states',
    description:
      'Encrypts the OpenTofu states of all labs, with exactly one of the three keys below. Every computer that works on the same labs needs the same setting.',
    expected: 'one of passphraseEnv, awsKms or gcpKms',
    examples: [{ passphraseEnv: 'LABS_PASSPHRASE' }],
  },
)
