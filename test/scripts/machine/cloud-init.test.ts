import { describe, expect, test } from '@jest/globals'
import { currentStage, outcomeOf, parseStatus } from '../../../scripts/machine/cloud-init.js'
import { faultOf } from '../../support/cli/support.js'
import { status } from '../../support/machine/cloud-init-status.js'

const parsed = (...args: Parameters<typeof status>): NonNullable<ReturnType<typeof parseStatus>> => {
  const value = parseStatus(JSON.stringify(status(...args)))
  if (value === undefined) throw new Error('not understood')
  return value
}

describe('the stage under way', () => {
  test.each([
    [{ 'init-local': { start: 1 } }, 'local stage'],
    [{ 'init-local': { start: 1, finished: 2 }, init: { start: 3 } }, 'network stage'],
    [{ 'modules-config': { start: 4 } }, 'config stage'],
    [{ 'modules-final': { start: 5 } }, 'final stage'],
    [{ 'modules-final': { start: 5, finished: 6 } }, 'between stages'],
    [{}, 'between stages'],
  ])('of %j is the %s', (stages, stage) => {
    expect(currentStage(parsed(stages))).toBe(stage)
  })
})

describe('the outcome', () => {
  test('without errors is done', () => {
    expect(outcomeOf(parsed({ init: { start: 1, finished: 2 } }), 'demo', 'main')).toEqual({
      status: 'done',
      warnings: [],
    })
  })

  test('of an image without cloud-init is done', () => {
    expect(outcomeOf(undefined, 'demo', 'main')).toEqual({ status: 'done', warnings: [] })
  })

  test('with recoverable errors is degraded, and they are its warnings', () => {
    const found = parsed({
      init: { recoverable_errors: { WARNING: ['no ds-identify'], ERROR: ['a module failed'] } },
      'modules-final': { recoverable_errors: { WARNING: ['late'] } },
    })
    expect(outcomeOf(found, 'demo', 'main')).toEqual({
      status: 'degraded',
      warnings: ['no ds-identify', 'a module failed', 'late'],
    })
  })

  test('with deprecations only is done: they speak of the image, which still worked', () => {
    const found = parsed({ init: { recoverable_errors: { DEPRECATED: ['old key "user"'] } } })
    expect(outcomeOf(found, 'demo', 'main')).toEqual({ status: 'done', warnings: [] })
  })

  test('with errors of any stage is a failure with all of them', async () => {
    const found = parsed({
      init: { errors: ['no network'], recoverable_errors: { WARNING: ['x'] } },
      'modules-final': { errors: ['no package'] },
    })
    expect(await faultOf(() => outcomeOf(found, 'demo', 'main'))).toEqual({
      code: 'cloud-init-failed',
      lab: 'demo',
      machine: 'main',
      errors: ['no network', 'no package'],
    })
  })
})

test.each(['', 'garbage', '{}', '{"v1": 7}', '{"v1": {"init": ', '[]', 'null'])(
  'a status file that says %j, as when it is just being written, is no status',
  (line) => {
    expect(parseStatus(line)).toBeUndefined()
  },
)
