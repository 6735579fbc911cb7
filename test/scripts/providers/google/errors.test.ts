import { expect, test } from '@jest/globals'
import { explainGoogleError } from '../../../../scripts/providers/google/errors.js'
import { LabError } from '../../../../scripts/errors.js'

/** As Google's client throws them; those of the API itself are tried with its stand-in. */
const thrown = (message: string, fields: object): Error => Object.assign(new Error(message), fields)

test.each([
  [
    'a login that is over',
    thrown('invalid_grant', { config: {}, response: { status: 400, data: { error: 'invalid_grant' } } }),
    'cloud-credentials-refused',
  ],
  [
    'a service account that may not stand for another',
    thrown('no', {
      response: {
        status: 403,
        data: {
          error: {
            message: "Permission 'iam.serviceAccounts.getAccessToken' denied",
            status: 'PERMISSION_DENIED',
          },
        },
      },
    }),
    'cloud-forbidden',
  ],
  [
    'an API that is off, in the newer words',
    thrown('no', {
      response: { status: 403, data: { error: { details: [{ reason: 'SERVICE_DISABLED' }] } } },
    }),
    'cloud-service-disabled',
  ],
  [
    'a page of a proxy',
    thrown('Request failed with status code 502', { response: { status: 502, data: '<html>' } }),
    'cloud-not-ready',
  ],
  ['a name that nobody knows', thrown('getaddrinfo ENOTFOUND', { code: 'ENOTFOUND' }), 'cloud-unreachable'],
  ['no answer', thrown('network timeout', { config: {} }), 'cloud-unreachable'],
])('%s is told as what it is', (_what, error, code) => {
  const explained = explainGoogleError(error)
  expect(explained).toBeInstanceOf(LabError)
  expect((explained as LabError).fault).toMatchObject({ code, provider: 'google' })
})

test('a bug of ours stays one', () => {
  const bug = new TypeError('x is not a function')
  expect(explainGoogleError(bug)).toBe(bug)
})
