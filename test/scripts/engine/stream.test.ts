import { describe, expect, test } from '@jest/globals'
import { parseEngineLine } from '../../../scripts/engine/stream.js'
import { eventsOf, recorded } from '../../support/engine/recorded.js'

describe('the recorded stream of OpenTofu 1.6.2', () => {
  test('an apply is the start and the end of each resource', async () => {
    expect(eventsOf(await recorded('applied.jsonl'))).toEqual([
      { type: 'resource', address: 'terraform_data.main', action: 'create', phase: 'start' },
      { type: 'resource', address: 'terraform_data.main', action: 'create', phase: 'complete' },
    ])
  })

  test('a destroy is the same with its own action', async () => {
    expect(eventsOf(await recorded('destroyed.jsonl'))).toEqual([
      { type: 'resource', address: 'terraform_data.main', action: 'delete', phase: 'start' },
      { type: 'resource', address: 'terraform_data.main', action: 'delete', phase: 'complete' },
    ])
  })

  test("a provisioner's lines come as it wrote them, JSON included, and its failure as a diagnostic", async () => {
    const events = eventsOf(await recorded('provisioner-failed.jsonl'))
    const address = 'terraform_data.main-boot'
    expect(events).toContainEqual({
      type: 'provisioner',
      address,
      line: '{"type":"progress","phase":"disk","message":"Making the disk"}',
    })
    expect(events).toContainEqual({ type: 'provisioner', address, line: 'broken' })
    expect(events).toContainEqual({ type: 'resource', address, action: 'create', phase: 'errored' })
    expect(events.at(-1)).toMatchObject({
      type: 'diagnostic',
      diagnostic: { severity: 'error', summary: 'local-exec provisioner error' },
    })
  })

  test('an interrupt is seen once', async () => {
    const events = eventsOf(await recorded('interrupted.jsonl'))
    expect(events.filter(({ type }) => type === 'interrupted')).toHaveLength(1)
  })

  test('a lock held by another engine is one error', async () => {
    const events = eventsOf(await recorded('locked.jsonl'))
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({ type: 'diagnostic', diagnostic: { severity: 'error' } })
  })
})

test.each([
  ['plain text', 'OpenTofu has been successfully initialized!'],
  ['an empty line', ''],
  ['half a line', '{"@level":"info","type":"apply_st'],
  ['a JSON value that is no object', 'null'],
  ['a number', '7'],
  ['an object without a type', '{}'],
  ['a type that nobody needs', '{"type":"planned_change"}'],
  ['no outputs', '{"type":"outputs","outputs":{}}'],
  ['another log line', '{"type":"log","@message":"Stopping operation..."}'],
  ['a diagnostic without its body', '{"type":"diagnostic"}'],
])('%s is no event and no error', (_what, line) => {
  expect(parseEngineLine(line)).toBeUndefined()
})

test('init tells which provider it loads', () => {
  expect(parseEngineLine('- Installing hashicorp/aws v6.25.0...')).toEqual({
    type: 'installing',
    provider: 'hashicorp/aws v6.25.0',
  })
})

test('outputs come by their names, without their types', () => {
  const line =
    '{"type":"outputs","outputs":{"machines":{"sensitive":false,"type":["object",{}],"value":{"main":{"port":22}}}}}'
  expect(parseEngineLine(line)).toEqual({ type: 'outputs', outputs: { machines: { main: { port: 22 } } } })
})

test('a warning stays a warning, and absent texts are empty', () => {
  expect(parseEngineLine('{"type":"diagnostic","diagnostic":{"severity":"warning"}}')).toEqual({
    type: 'diagnostic',
    diagnostic: { severity: 'warning', summary: '', detail: '' },
  })
})
