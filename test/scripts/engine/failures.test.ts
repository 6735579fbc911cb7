import { describe, expect, test } from '@jest/globals'
import { explainEngineFailure } from '../../../scripts/engine/failures.js'
import { isRefusal } from '../../../scripts/engine/recover-state.js'
import type { Diagnostic } from '../../../scripts/engine/stream.js'
import { eventsOf, recorded } from './recorded.js'

const diagnosticsIn = async (...of: Parameters<typeof recorded>): Promise<Diagnostic[]> =>
  eventsOf(await recorded(...of)).flatMap((event) => (event.type === 'diagnostic' ? [event.diagnostic] : []))

describe('recorded failures of OpenTofu 1.6.2', () => {
  const holder = {
    code: 'engine-locked',
    lockId: '8d9c673b-80af-df65-db39-d2785455b969',
    who: 'root@vm',
    created: '2026-11-21 10:45:30.90553344 +0000 UTC',
  }

  test('a held state lock names its id, holder and time, from the JSON stream', async () => {
    expect(explainEngineFailure('apply', await diagnosticsIn('locked.jsonl'), '')).toEqual(holder)
  })

  test('and from plain text', async () => {
    expect(explainEngineFailure('init', [], await recorded('locked.txt'))).toEqual(holder)
  })

  test('a full disk at the lock is no held lock, though OpenTofu gives both the same title', async () => {
    const diagnostics = await diagnosticsIn('disk-full-at-lock.jsonl')
    expect(diagnostics[0]?.summary).toBe('Error acquiring the state lock')
    expect(explainEngineFailure('apply', diagnostics, '')).toEqual({
      code: 'engine-disk-full',
      operation: 'apply',
    })
  })

  test('a disk that fills while the state is written is a full disk', async () => {
    const diagnostics = await diagnosticsIn('disk-full-at-state.jsonl')
    expect(explainEngineFailure('apply', diagnostics, '')).toEqual({
      code: 'engine-disk-full',
      operation: 'apply',
    })
  })

  test('a failed provisioner is told with what it printed', async () => {
    const fault = explainEngineFailure('apply', await diagnosticsIn('provisioner-failed.jsonl'), '')
    if (fault.code !== 'engine-failed') throw new Error(fault.code)
    expect(fault.operation).toBe('apply')
    expect(fault.problems).toHaveLength(1)
    expect(fault.problems[0]).toMatch(/^local-exec provisioner error: .*exit status 3[^]*broken/)
  })

  test.each([
    ['init-syntax.txt', 'Unclosed object'],
    ['init-no-registry.txt', 'could not connect to'],
  ])('%s, which comes as text only, is told as it is', async (name, part) => {
    const fault = explainEngineFailure('init', [], await recorded(name))
    if (fault.code !== 'engine-failed') throw new Error(fault.code)
    expect(fault.problems.join('\n')).toContain(part)
  })
})

describe('recorded failures of OpenTofu 1.12.6 with its state in a bucket', () => {
  test.each([
    ['locked-s3.jsonl', '24608d0f-c943-ac7d-90bf-da7097dc65c7'],
    ['locked-gcs.jsonl', '1795267288985268'],
  ])('%s: a held state lock names its id, with which it can be broken', async (name, lockId) => {
    const fault = explainEngineFailure('apply', await diagnosticsIn(name, '1.12.6'), '')
    expect(fault).toMatchObject({ code: 'engine-locked', lockId, who: 'root@vm' })
  })

  test.each(['lock-raced-s3.jsonl', 'lock-raced-gcs.jsonl'])(
    '%s: a lock that was given back between two looks names nobody, and is told as what it is',
    async (name) => {
      expect(explainEngineFailure('apply', await diagnosticsIn(name, '1.12.6'), '')).toEqual({
        ...{ code: 'engine-lock-raced', operation: 'apply' },
      })
    },
  )

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
  expect(explainEngineFailure('destroy', [warning, error], '')).toEqual({
    ...{ code: 'engine-failed', operation: 'destroy', problems: ['Bad'] },
  })
})
