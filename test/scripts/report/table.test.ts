import { expect, test } from '@jest/globals'
import { renderTable } from '../../../scripts/report/table.js'

test('columns are lined up by spaces, headings in capitals, without colours or trailing blanks', () => {
  const text = renderTable(
    ['name', 'state', 'note'],
    [
      ['demo', 'ready', ''],
      ['a-much-longer-name', 'provision-failed', 'x'],
    ],
  )
  expect(text.split('\n')).toEqual([
    'NAME                STATE             NOTE',
    'demo                ready',
    'a-much-longer-name  provision-failed  x',
  ])
})

test('a table without rows is its headings', () => {
  expect(renderTable(['name', 'state'], [])).toBe('NAME  STATE')
})
