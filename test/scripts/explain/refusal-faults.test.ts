import { describe, expect, test } from '@jest/globals'
import type { CloudName } from '../../../distro-catalog/provider-names.js'
import { findRefusal } from '../../../scripts/providers/refusals.js'
import { withWhereabouts } from '../../../scripts/providers/whereabouts.js'
import { LabError } from '../../../scripts/errors.js'
import { explain } from '../../../scripts/explain.js'

/** What is shown of what a cloud says, in the lab `web`. */
function shown(provider: CloudName, text: string): { readonly message: string; readonly hint: string } {
  const refusal = findRefusal(text, provider)
  if (refusal === undefined) throw new Error(`not known: ${text}`)
  return explain(withWhereabouts(new LabError(refusal), { lab: 'web', log: '/srv/logs/web.jsonl' }))
}

const FULL = 'api error InsufficientInstanceCapacity: We do not have sufficient t3.medium capacity.'
const AZURE_POLICY = (name: string): string =>
  `with error: RequestDisallowedByPolicy: Resource 'web' was disallowed by policy. Policy identifiers: '[{"policyAssignment":{"name":"${name}"}}]'.`
const DENIED =
  'api error UnauthorizedOperation: You are not authorized to perform this operation. User: arn:aws:iam::1:user/anna is not authorized to perform: ec2:RunInstances'

describe('the hint after a refusal', () => {
  test.each([
    ['aws', FULL, ['--zone', '--region', '--instance-type']],
    ['aws', `${FULL} You can get it by choosing eu-west-1b, eu-west-1c.`, ['distrolab regions']],
    [
      'aws',
      `${FULL} You can get it by not specifying a zone or choosing eu-west-1b, eu-west-1c.`,
      ['--zone eu-west-1b'],
    ],
    [
      'google',
      'A e2-medium VM instance is currently unavailable in the europe-west4-a zone. Consider trying your request in the europe-west4-b, europe-west4-c zone(s).',
      ['--zone europe-west4-b'],
    ],
    ['azure', 'with error: RequestDisallowedByAzure: The selected region', ['--region', '--zone']],
    ['aws', 'api error VcpuLimitExceeded: No.', ['--size small', '--region', 'service-quotas']],
    ['aws', 'api error VPCIdNotSpecified: No default VPC', ['distrolab down web', '--network own']],
    ['azure', AZURE_POLICY('Require a costCenter tag'), ['--tag KEY=VALUE', 'Resource Policy Contributor']],
    ['azure', AZURE_POLICY('Allowed locations'), ['--region']],
    ['azure', AZURE_POLICY('Allowed virtual machine size SKUs'), ['--instance-type']],
    ['azure', AZURE_POLICY('Network interfaces should not have public IPs'), ['az policy assignment list']],
    [
      'aws',
      "api error TagPolicyViolation: The tag policy does not allow the value for the tag key: 'Env'.",
      ['--tag'],
    ],
    ['aws', `${DENIED} with an explicit deny in a service control policy`, ['AWS organisation']],
    [
      'google',
      'googleapi: Error 412: Constraint constraints/compute.vmExternalIpAccess violated for project 1., conditionNotMet',
      ['gcloud org-policies describe compute.vmExternalIpAccess', 'roles/orgpolicy.policyAdmin'],
    ],
    [
      'google',
      'googleapi: Error 412: Operation denied by org policy on resource: ["customConstraints/custom.requireCostCenter": "A label cost-center is required"]., conditionNotMet',
      ['--tag KEY=VALUE'],
    ],
    [
      'google',
      'googleapi: Error 412: x violates constraint constraints/gcp.resourceLocations on y',
      ['--region'],
    ],
    [
      'google',
      'googleapi: Error 403: This API method requires billing to be enabled., forbidden',
      ['gcloud billing'],
    ],
    ['aws', 'api error InvalidKeyPair.Duplicate: It exists.', ['distrolab recover web', 'distrolab up web']],
    [
      'azure',
      "with error: ScopeLocked: The scope cannot perform delete operation because following scope(s) are locked: '/subscriptions/s/resourceGroups/labs'. Please",
      ['az lock list --resource-group labs'],
    ],
    ['aws', 'api error DependencyViolation: resource sg-1 has a dependent object', ['distrolab recover web']],
    ['aws', 'api error InternalError: An internal error has occurred', ['Wait a minute']],
  ] as const)('of %s, "%s", says what helps', (provider, text, parts) => {
    const { hint } = shown(provider, text)
    for (const part of parts) expect(hint).toContain(part)
  })

  test('has no words of the cloud as flags or commands of their own', () => {
    const { hint } = shown(
      'azure',
      "with error: ScopeLocked: scope(s) are locked: '/resourceGroups/-x;id'. Please",
    )
    expect(hint).toContain('--resource-group=-x ')
  })
})

describe('the message', () => {
  test.each([
    ['azure', AZURE_POLICY('Require a costCenter tag'), '(Require a costCenter tag)'],
    [
      'azure',
      "with error: DenyAssignmentAuthorizationFailed: because of the deny assignment with name 'managed' and Id 'y'.",
      '(managed)',
    ],
    ['aws', `${DENIED} with an explicit deny in a service control policy`, '(service control policy)'],
    [
      'aws',
      `${DENIED} with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/service_control_policy/p-1`,
      '(arn:aws:organizations::1:policy/o-1/service_control_policy/p-1)',
    ],
    ['aws', `${DENIED} because no permissions boundary allows it`, '(permissions boundary)'],
    [
      'google',
      'googleapi: Error 412: denied by org policy on resource: ["customConstraints/custom.needsLabel": "x"]',
      '(customConstraints/custom.needsLabel)',
    ],
    [
      'google',
      "The network resource 'projects/p/x' is already being used by 'projects/p/global/firewalls/extra'",
      '(projects/p/global/firewalls/extra)',
    ],
    [
      'azure',
      "with error: ScopeLocked: following scope(s) are locked: '/subscriptions/s/x'. Please",
      '(/subscriptions/s/x)',
    ],
  ] as const)('of %s, "%s", names the rule or the holder', (provider, text, part) =>
    expect(shown(provider, text).message).toContain(part),
  )
})

describe('a failure that no one knows', () => {
  const unknown = [
    new LabError({ code: 'cloud-failed', provider: 'aws', reason: 'MalformedName: No.' }),
    new LabError({ code: 'engine-failed', operation: 'apply', problems: ['MalformedName: No.'] }),
  ]

  test.each(unknown)('is shown in its own words, with the log and a way on: %s', (error) => {
    const { message, hint } = explain(withWhereabouts(error, { lab: 'web', log: '/srv/my logs/web.jsonl' }))
    expect(message).toContain('MalformedName: No.')
    expect(hint).toContain("'/srv/my logs/web.jsonl'")
    expect(hint).toContain('distrolab recover web')
    expect(hint).not.toMatch(/run the same command again/i)
  })

  test.each(unknown)('outside of a lab never says no more than to try again: %s', (error) =>
    expect(explain(error).hint).not.toMatch(/run the same command again/i),
  )
})

describe('where a failure was', () => {
  test('is added to what clouds and OpenTofu refuse, and to nothing else', () => {
    const cause = new Error('HTTP 409')
    const refused = new LabError({ code: 'cloud-quota', provider: 'aws', reason: 'No.' }, { cause })
    const placed = withWhereabouts(refused, { lab: 'web', log: '/log' })
    expect(placed).toBeInstanceOf(LabError)
    expect((placed as LabError).fault).toEqual({ ...refused.fault, lab: 'web', log: '/log' })
    expect((placed as LabError).cause).toBe(cause)
    for (const other of [new TypeError('x'), new LabError({ code: 'no-free-port' }), undefined])
      expect(withWhereabouts(other, { lab: 'web', log: '/log' })).toBe(other)
  })
})
