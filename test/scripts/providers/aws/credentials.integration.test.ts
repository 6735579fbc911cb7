import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { BackendError } from '../../../../backend/errors.js'
import { openStore } from '../../../../backend/open-store.js'
import { checkAwsAccount } from '../../../../scripts/providers/aws/account.js'
import { explain } from '../../../../scripts/explain.js'
import { errorOf, temporaryFolder } from '../../../support/cli/support.js'

const never = new AbortController().signal
const before = process.env
let home = ''

/** STS as it refuses whoever asks. */
const sts = createServer((request, response) => {
  let form = ''
  request.on('data', (chunk: Buffer) => (form += chunk.toString()))
  request.on('end', () => {
    const [code, message] = form.includes('WithWebIdentity')
      ? ['ExpiredTokenException', 'Token expired: current date must be before the expiration date']
      : [
          'AccessDenied',
          'User: arn:aws:iam::1:user/ci is not authorized to perform: sts:AssumeRole on resource: x',
        ]
    response.writeHead(403, { 'content-type': 'text/xml' })
    response.end(
      `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    )
  })
}).listen(0, '127.0.0.1')
await once(sts, 'listening')

afterAll(() => {
  process.env = before
  sts.close()
})
beforeEach(async () => {
  home = temporaryFolder()
  await mkdir(join(home, '.aws/sso/cache'), { recursive: true })
  const url = `http://127.0.0.1:${(sts.address() as AddressInfo).port}`
  process.env = {
    PATH: before['PATH'],
    HOME: home,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL_STS: url,
    AWS_PROFILE: 'labs',
  }
})

const KEYS = 'aws_access_key_id = AKIA\naws_secret_access_key = of-tests'
const ROLE = 'role_arn = arn:aws:iam::123456789012:role/labs\nregion = eu-west-1'
const SSO =
  'sso_start_url = https://tests.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = labs'

interface Case {
  readonly config: string
  readonly words: RegExp
  readonly hint: string
  /** Beside the configuration. */
  readonly prepare?: () => Promise<unknown>
}

const CASES: Readonly<Record<string, Case>> = {
  'a role that wants a second factor': {
    config: `[profile labs]\n${ROLE}\nsource_profile = keys\nmfa_serial = arn:aws:iam::1:mfa/anna\n[profile keys]\n${KEYS}`,
    words: /Profile labs requires multi-factor authentication/,
    hint: 'aws sts get-session-token ',
  },
  'a program that fails': {
    config:
      '[profile labs]\ncredential_process = sh -c "echo locked SecretAccessKey=wJalrXUt >&2; exit 3" --password hunter22',
    words: /^credential_process failed: sh: locked SecretAccessKey=\[redacted\]$/,
    hint: 'aws configure get credential_process ',
  },
  'a program that prints something else': {
    config: '[profile labs]\ncredential_process = echo wJalrXUtnFEMI',
    words: /Profile labs credential_process returned invalid JSON/,
    hint: 'aws configure get credential_process ',
  },
  'a program whose credentials are over': {
    config: `[profile labs]\ncredential_process = echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"B","Expiration":"2020-01-01T00:00:00Z"}'`,
    words: /Profile labs credential_process returned expired credentials/,
    hint: 'aws configure get credential_process ',
  },
  'a token file that is not there': {
    config: `[profile labs]\n${ROLE}\nweb_identity_token_file = /run/no/token`,
    words: /ENOENT: no such file or directory, open '\/run\/no\/token'/,
    hint: 'echo "$AWS_WEB_IDENTITY_TOKEN_FILE" ',
  },
  'a token file that is not there, by its variable': {
    config: '',
    prepare: () => {
      delete process.env['AWS_PROFILE']
      const role = { AWS_ROLE_ARN: 'arn:aws:iam::1:role/labs', AWS_REGION: 'eu-west-1' }
      return Promise.resolve(
        Object.assign(process.env, role, { AWS_WEB_IDENTITY_TOKEN_FILE: '/run/no/token' }),
      )
    },
    words: /ENOENT: no such file or directory, open '\/run\/no\/token'/,
    hint: 'echo "$AWS_WEB_IDENTITY_TOKEN_FILE" ',
  },
  'a token that has expired': {
    config: `[profile labs]\n${ROLE}\nweb_identity_token_file = TOKEN`,
    prepare: () => writeFile(join(home, 'token'), 'of-tests'),
    words: /^ExpiredTokenException: Token expired/,
    hint: 'echo "$AWS_WEB_IDENTITY_TOKEN_FILE" ',
  },
  'a role that is not given': {
    config: `[profile labs]\n${ROLE}\nsource_profile = keys\n[profile keys]\n${KEYS}`,
    words: /^AccessDenied: User: arn:aws:iam::1:user\/ci is not authorized to perform: sts:AssumeRole/,
    hint: 'aws sts get-caller-identity ',
  },
  'a profile that is misspelt': {
    config: `[profile lab]\n${KEYS}`,
    words: /Could not resolve credentials using profile: \[labs\]/,
    hint: 'aws configure list-profiles ',
  },
  'a source that is not there': {
    config: `[profile labs]\n${ROLE}\nsource_profile = keys`,
    words: /Could not resolve credentials using profile: \[keys\]/,
    hint: 'aws configure list-profiles ',
  },
  'roles in a circle': {
    config: `[profile labs]\n${ROLE}\nsource_profile = other\n[profile other]\n${ROLE}\nsource_profile = labs`,
    words: /Detected a cycle attempting to resolve credentials for profile labs/,
    hint: 'aws configure get source_profile ',
  },
  'a session of SSO that nobody began': {
    config: `[profile labs]\n${SSO}`,
    words: /The SSO session associated with this profile is invalid/,
    hint: 'aws sso login ',
  },
  'a session of SSO that has ended': {
    config: `[profile labs]\n${SSO}`,
    prepare: () => {
      const name = createHash('sha1').update('https://tests.awsapps.com/start').digest('hex')
      const token = { accessToken: 'of-tests', expiresAt: '2020-01-01T00:00:00Z' }
      return writeFile(join(home, '.aws/sso/cache', `${name}.json`), JSON.stringify(token))
    },
    words: /The SSO session associated with this profile has expired/,
    hint: 'aws sso login ',
  },
  'a session of SSO that is not configured': {
    config: '[profile labs]\nsso_session = gone\nsso_account_id = 1\nsso_role_name = labs',
    words: /sso_region/,
    hint: 'aws configure list-profiles ',
  },
  'a session of `aws login` that nobody began': {
    config: '[profile labs]\nlogin_session = arn:aws:iam::1:user/anna\nregion = eu-west-1',
    words: /Failed to load token from .*\.aws\/login\/cache/,
    hint: 'aws login ',
  },
}

const askLab = (): Promise<unknown> => checkAwsAccount(never)
const askStore = async (): Promise<unknown> => {
  const location = { kind: 's3', bucket: 'labs', prefix: '', region: 'eu-west-1', pathStyle: true } as const
  return (await openStore(location, { patience: { attempts: 1 } })).get('labs/web/record.json')
}

describe.each(Object.entries(CASES))('%s', (_what, { config, words, hint, prepare }) => {
  test.each([
    ['a lab', askLab],
    ['the backend', askStore],
  ])('is told in the words of the SDK, with what to do, when %s needs it', async (_who, ask) => {
    await writeFile(join(home, '.aws/config'), config.replace('TOKEN', join(home, 'token')))
    await prepare?.()
    const error = await errorOf(ask())
    const told = explain(error)
    const { fault } = error as BackendError
    expect(fault).toMatchObject({ reason: expect.stringMatching(words) })
    expect(fault.code).toBe(ask === askLab ? 'cloud-credentials-unusable' : 'store-credentials')
    expect(told.hint.startsWith(hint) ? hint : told.hint).toBe(hint)
    expect(told.exitCode).toBe(7)
    expect(JSON.stringify([fault, told])).not.toMatch(/hunter22|wJalr|of-tests/)
  })
})

test('credentials that nobody has are missing', async () => {
  delete process.env['AWS_PROFILE']
  expect(explain(await errorOf(askLab()))).toMatchObject({ code: 'cloud-credentials-missing', exitCode: 7 })
  expect(explain(await errorOf(askStore()))).toMatchObject({ code: 'store-credentials', exitCode: 7 })
})
