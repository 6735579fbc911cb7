import { describe, expect, test } from '@jest/globals'
import { cloudNames, type CloudName } from '../../../distro-catalog/provider-names.js'
import { cloudRefusalCodes } from '../../../scripts/providers/faults.js'
import { clouds } from '../../../scripts/providers/clouds.js'
import { findRefusal, findRefusalAmong } from '../../../scripts/providers/refusals.js'
import { saidByAws, toldByAws } from '../../support/refusals/aws.js'
import { saidByAzure, toldByAzure } from '../../support/refusals/azure.js'
import { saidByGoogle, toldByGoogle } from '../../support/refusals/google.js'
import type { Said } from '../../support/refusals/said.js'

const said: Readonly<Record<CloudName, readonly Said[]>> = {
  aws: saidByAws,
  azure: saidByAzure,
  google: saidByGoogle,
}
const told: Readonly<Record<CloudName, readonly Said[]>> = {
  aws: toldByAws,
  azure: toldByAzure,
  google: toldByGoogle,
}

/** As OpenTofu breaks long lines. */
const broken = (text: string): string => text.replaceAll(/(\S* \S* \S*) /g, '$1\n')

describe.each(cloudNames)('a refusal of %s', (provider) => {
  test.each(said[provider])('through OpenTofu is %s: %s', (code, text) => {
    for (const each of [text, broken(text)]) {
      expect(findRefusal(each)).toMatchObject({ provider, code })
      expect(findRefusal(each, provider)).toMatchObject({ provider, code })
    }
  })

  test.each(told[provider])('to our own requests is %s: %s', (code, text) =>
    expect(findRefusal(text, provider)).toMatchObject({ provider, code }),
  )

  test('is known for what it is in forty cases or more, of every kind that the cloud has', () => {
    const all = [...said[provider], ...told[provider]]
    expect(all.length).toBeGreaterThanOrEqual(40)
    const kinds = new Set(clouds[provider].refusals.rows.map(({ is }) => is))
    expect([...new Set([...all.map(([code]) => code), 'cloud-unreachable'])].sort()).toEqual(
      [...kinds].sort(),
    )
    for (const kind of kinds) expect(cloudRefusalCodes).toContain(kind)
  })

  test.each(cloudNames.filter((name) => name !== provider))('is none of %s', (other) => {
    const codes = said[provider].map(([, text]) => findRefusal(text, other)?.code)
    expect(codes.filter((code) => code !== undefined)).toEqual([])
  })
})

const NAMED = [
  ['VcpuLimitExceeded', 'SkuNotAvailable', "Quota 'CPUS' exceeded"],
  [
    'api error VcpuLimitExceeded: no',
    'with error: SkuNotAvailable: no',
    'googleapi: Error 403: no, forbidden',
  ],
].flat()

describe.each(NAMED)('someone has named a thing "%s":', (name) => {
  test('AWS still refuses for its own reason', () => {
    const text = `Error: creating EC2 Instance: operation error EC2: RunInstances, https response error StatusCode: 400, RequestID: 1, api error InvalidKeyPair.Duplicate: The keypair '${name}' already exists`
    expect(findRefusal(text)).toMatchObject({ provider: 'aws', code: 'cloud-exists' })
  })

  test('AWS still refuses in words that no one knows', () => {
    const text = `Error: creating EC2 Instance: operation error EC2: RunInstances, https response error StatusCode: 400, RequestID: 1, api error MalformedName: The name '${name}' is not valid`
    expect(findRefusal(text)).toBeUndefined()
  })

  test('Azure still refuses for its own reason', () => {
    const text = `Error: creating Resource Group "web": unexpected status 403 (403 Forbidden) with error: RequestDisallowedByPolicy: Resource 'web' was disallowed by policy. Policy identifiers: '[{"policyAssignment":{"name":"${name}"}}]'.`
    expect(findRefusal(text)).toMatchObject({ provider: 'azure', code: 'cloud-policy' })
  })
})

describe('the reason', () => {
  test("is without the ids of requests and Azure's whole answer", () => {
    const reasons = [...saidByAws, ...saidByAzure].map(([, text]) => findRefusal(text)?.reason ?? '')
    for (const reason of reasons)
      expect(reason).not.toMatch(/RequestID|Encoded auth|API Response|^Error: |\n/)
  })
})

describe('what several problems tell', () => {
  const [capacity, throttled] = [
    saidByAws[0]?.[1] ?? '',
    'operation error EC2: X, api error Throttling: Rate exceeded',
  ]

  test('is what stays, whichever comes first, in the words of all', () => {
    const found = findRefusalAmong([{ text: throttled }, { text: capacity }])
    expect(found?.code).toBe('cloud-capacity')
    expect(found?.reason).toMatch(/InsufficientInstanceCapacity.*; .*Rate exceeded/)
  })

  test('is what may pass where there is nothing else', () =>
    expect(findRefusalAmong([{ text: throttled }, { text: 'context canceled' }])?.code).toBe(
      'cloud-throttled',
    ))

  test('is nothing where there are none', () => expect(findRefusalAmong([])).toBeUndefined())
})

test.each([
  'local-exec provisioner error: exit status 1',
  'No space left on device',
  'The mirror answered: Error 401',
  '',
])('no cloud is heard in "%s"', (text) => expect(findRefusal(text)).toBeUndefined())
