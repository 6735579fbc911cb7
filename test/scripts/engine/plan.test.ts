import { describe, expect, test } from '@jest/globals'
import { parseChanges } from '../../../scripts/engine/plan.js'

const changesOf = (...changes: object[]) =>
  parseChanges(
    JSON.stringify({ resource_changes: changes.map((change) => ({ address: 'aws_instance.main', change })) }),
  )

describe('a plan of the engine', () => {
  test('names the attributes that change, and those that are known only afterwards', () => {
    const before = { ami: 'a', tags: { a: '1' }, id: 'i-1', gone: true, groups: ['x'] }
    const after = { ami: 'b', tags: { a: '1' }, groups: [] }
    const after_unknown = { id: true, groups: [{ id: true }], tags: {} }
    expect(changesOf({ actions: ['update'], before, after, after_unknown })).toEqual([
      {
        address: 'aws_instance.main',
        action: 'update',
        attributes: ['ami', 'gone', 'groups', 'id'],
      },
    ])
  })

  test.each([
    [['create'], 'create'],
    [['delete'], 'destroy'],
    [['delete', 'create'], 'replace'],
    [['create', 'delete'], 'replace'],
  ])('%j is %s', (actions, action) => {
    expect(changesOf({ actions, before: null, after: null })).toMatchObject([{ action, attributes: [] }])
  })

  test.each([[['no-op']], [['read']]])('%j is no change', (actions) => {
    expect(changesOf({ actions, before: { a: 1 }, after: { a: 2 } })).toEqual([])
  })

  test('never shows a value', () => {
    const shown = changesOf({
      actions: ['update'],
      before: { user_data: 'secret-1' },
      after: { user_data: 'secret-2' },
      before_sensitive: { user_data: true },
      after_sensitive: {},
    })
    expect(JSON.stringify(shown)).not.toContain('secret')
    expect(shown[0]?.attributes).toEqual(['user_data'])
  })

  test('without any resource has no change', () => {
    expect(parseChanges('{"format_version":"1.2"}')).toEqual([])
  })
})
