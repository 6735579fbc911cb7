import { describe, expect, test } from '@jest/globals'
import { explainEngineFailure, type FailedRun } from '../../../scripts/engine/failures.js'
import { isRefusal } from '../../../scripts/engine/recover-state.js'
import type { LabFault } from '../../../scripts/errors.js'
import type { Diagnostic } from '../../../scripts/engine/stream.js'
import { eventsOf, recorded } from '../../support/engine/recorded.js'

const diagnosticsIn = async (...of: Parameters<typeof recorded>): Promise<Diagnostic[]> =>
  eventsOf(await recorded(...of)).flatMap((event) => (event.type === 'diagnostic' ? [event.diagnostic] : []))

/** `.txt` is what `init` says, `.jsonl` what `apply` does. */
const faultIn = async (...of: Parameters<typeof recorded>): Promise<LabFault> =>
  of[0].endsWith('.txt')
    ? explainEngineFailure(run('init'), [], await recorded(...of))
    : explainEngineFailure(run('apply'), await diagnosticsIn(...of), '')

const run = (operation: FailedRun['operation']): FailedRun => ({
  operation,
  engine: '/bin/tofu',
  folder: '/work/lab',
})

describe('recorded failures of OpenTofu 1.6.2', () => {
  const holder = {
    code: 'engine-locked',
    lockId: '8d9c673b-80af-df65-db39-d2785455b969',
    who: 'root@vm',
    created: '2026-11-21 10:45:30.90553344 +0000 UTC',
    holder: 'running',
    engine: '/bin/tofu',
    folder: '/work/lab',
    isEncrypted: false,
  }

  test('a held state lock names its id, holder and time, from the JSON stream', async () => {
    expect(explainEngineFailure(run('apply'), await diagnosticsIn('locked.jsonl'), '')).toEqual(holder)
  })

  test('and from plain text', async () => {
    expect(explainEngineFailure(run('init'), [], await recorded('locked.txt'))).toEqual(holder)
  })

  test('a full disk at the lock is no held lock, though OpenTofu gives both the same title', async () => {
    const diagnostics = await diagnosticsIn('disk-full-at-lock.jsonl')
    expect(diagnostics[0]?.summary).toBe('Error acquiring the state lock')
    expect(explainEngineFailure(run('apply'), diagnostics, '')).toEqual({
      code: 'engine-disk-full',
      operation: 'apply',
    })
  })

  test('a disk that fills while the state is written is a full disk', async () => {
    const diagnostics = await diagnosticsIn('disk-full-at-state.jsonl')
    expect(explainEngineFailure(run('apply'), diagnostics, '')).toEqual({
      code: 'engine-disk-full',
      operation: 'apply',
    })
  })

  test('a failed provisioner is told with what it printed', async () => {
    const fault = explainEngineFailure(run('apply'), await diagnosticsIn('provisioner-failed.jsonl'), '')
    if (fault.code !== 'engine-failed') throw new Error(fault.code)
    expect(fault.operation).toBe('apply')
    expect(fault.problems).toHaveLength(1)
    expect(fault.problems[0]).toMatch(/^local-exec provisioner error: .*exit status 3[^]*broken/)
  })

  test.each([
    ['init-syntax.txt', 'Unclosed object'],
    ['init-no-registry.txt', 'could not connect to'],
  ])('%s, which comes as text only, is told as it is', async (name, part) => {
    const fault = explainEngineFailure(run('init'), [], await recorded(name))
    if (fault.code !== 'engine-failed') throw new Error(fault.code)
    expect(fault.problems.join('\n')).toContain(part)
  })
})

describe('recorded failures of OpenTofu 1.12.6 with its state in a bucket', () => {
  test.each([
    ['locked-s3.jsonl', '24608d0f-c943-ac7d-90bf-da7097dc65c7'],
    ['locked-gcs.jsonl', '1795267288985268'],
  ])('%s: a held state lock names its id, with which it can be broken', async (name, lockId) => {
    const fault = explainEngineFailure(run('apply'), await diagnosticsIn(name, '1.12.6'), '')
    expect(fault).toMatchObject({
      code: 'engine-locked',
      lockId,
      who: 'root@vm',
      holder: 'unknown',
    })
  })

  test.each(['lock-raced-s3.jsonl', 'lock-raced-gcs.jsonl'])(
    '%s: a lock that was given back between two looks names nobody, and is told as what it is',
    async (name) => {
      expect(explainEngineFailure(run('apply'), await diagnosticsIn(name, '1.12.6'), '')).toEqual({
        code: 'engine-lock-raced',
        operation: 'apply',
      })
    },
  )

  const unencrypted = ['unencrypted-s3.jsonl', 'unencrypted-gcs.jsonl', 'unencrypted-local.jsonl']
  const encrypted = ['encrypted-s3', 'encrypted-gcs', 'encrypted-local']
  const undecryptable = ['wrong-passphrase-s3', 'wrong-passphrase-gcs', 'wrong-passphrase-local']
  const either = (name: string): string[] => [`${name}.jsonl`, `${name}-init.txt`]
  test.each([
    ...undecryptable.flatMap(either).map((name) => [name, 'state-undecryptable']),
    ...encrypted.flatMap(either).map((name) => [name, 'state-encrypted']),
    ...[...unencrypted, 'unencrypted-local-init.txt'].map((name) => [name, 'state-unencrypted']),
    ...['forbidden-lock-s3.jsonl', 'forbidden-read-s3.jsonl', 'forbidden-write-s3.jsonl'].map((name) => [
      ...[name, 'state-forbidden', 'StatusCode: 403'],
    ]),
    ...['forbidden-lock-gcs.jsonl', 'forbidden-read-gcs.jsonl', 'forbidden-write-gcs.jsonl'].map((name) => [
      ...[name, 'state-forbidden', 'anna@example.org does not have storage.objects.create access'],
    ]),
    ['forbidden-s3-init.txt', 'state-forbidden', 'api error Forbidden'],
    ['forbidden-gcs-init.txt', 'state-forbidden', 'Permission denied'],
    ['credentials-s3.jsonl', 'state-credentials', 'ExpiredToken'],
    ['credentials-s3-init.txt', 'state-credentials', 'ExpiredToken'],
    ['credentials-gcs.jsonl', 'state-credentials', 'Invalid Credentials'],
    ['credentials-gcs-init.txt', 'state-credentials', 'Invalid Credentials'],
    ['signature-s3.jsonl', 'state-credentials', 'SignatureDoesNotMatch'],
    ['bucket-missing-s3-init.txt', 'state-bucket-missing', 'S3 bucket does not exist'],
    ['bucket-missing-gcs-init.txt', 'state-bucket-missing', "bucket doesn't exist"],
    ['unreachable-s3-init.txt', 'state-unreachable', 'connection refused'],
  ])('%s is told as %s', async (name, code, reason = '') => {
    const fault = await faultIn(name, '1.12.6')
    expect(fault).toMatchObject({ code, operation: name.endsWith('.txt') ? 'init' : 'apply' })
    const told = 'reason' in fault ? fault.reason : ''
    expect(told).toContain(reason)
    expect(told).not.toMatch(/RequestID|HostID|-lock=false|\n/)
  })

  test('and an encrypted state by an engine that knows no encryption', async () => {
    for (const name of either('encrypted-local'))
      expect(await faultIn(name, '1.6.2')).toMatchObject({ code: 'state-unreadable' })
  })

  test('a machine that could not be made counts for more than a state that could not be written', async () => {
    const diagnostics = [
      ...(await diagnosticsIn('provisioner-failed.jsonl')),
      ...(await diagnosticsIn('forbidden-write-s3.jsonl', '1.12.6')),
    ]
    expect(explainEngineFailure(run('apply'), diagnostics, '')).toMatchObject({ code: 'engine-failed' })
  })

  test('a provider that is refused something is not the state that is: the cloud refused', () => {
    const summary =
      'creating EC2 Instance: operation error EC2: RunInstances, StatusCode: 403, UnauthorizedOperation'
    const denied: Diagnostic = { severity: 'error', summary, detail: '' }
    expect(explainEngineFailure(run('apply'), [denied], '')).toMatchObject({ code: 'cloud-forbidden' })
  })

  describe('whose cloud refused', () => {
    const of = (address: string, summary: string): LabFault =>
      explainEngineFailure(run('apply'), [{ severity: 'error', summary, detail: '', address }], '')

    test('is known by what failed, whatever the words', () => {
      expect(of('data.aws_ami.image', 'Your query returned no results.')).toMatchObject({
        code: 'cloud-image-gone',
        provider: 'aws',
      })
      expect(of('azurerm_subnet.lab', 'SubnetIsFull: api error VcpuLimitExceeded: no')).toMatchObject({
        code: 'cloud-network',
        provider: 'azure',
      })
      expect(of('google_compute_instance.main', 'api error VcpuLimitExceeded: no')).toMatchObject({
        code: 'engine-failed',
      })
    })

    test('is no one where a local machine failed', () =>
      expect(of('terraform_data.main', 'api error VcpuLimitExceeded: no')).toMatchObject({
        code: 'engine-failed',
      }))
  })

  test.each(['push-older.txt', 'push-other-lineage.txt', 'push-same-serial.txt'])(
    '%s is the refusal of a state',
    async (name) => expect(isRefusal(await recorded(name, '1.12.6'))).toBe(true),
  )

  test('no other failure is', async () => {
    for (const name of ['init-no-registry.txt', 'locked.txt'])
      expect(isRefusal(await recorded(name))).toBe(false)
  })
})

test('warnings are not taken for the failure', () => {
  const warning: Diagnostic = {
    severity: 'warning',
    summary: 'Deprecated',
    detail: 'no space left on device',
  }
  const error: Diagnostic = { severity: 'error', summary: 'Bad', detail: '' }
  expect(explainEngineFailure(run('destroy'), [warning, error], '')).toEqual({
    code: 'engine-failed',
    operation: 'destroy',
    problems: ['Bad'],
  })
})
