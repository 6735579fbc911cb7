import { describe, expect, test } from '@jest/globals'
import { states } from '../../backend/lab-state.js'
import { readSource } from '../support/cli/support.js'
import { linksIn } from '../support/docs/links.js'
import { exitCodes } from '../support/docs/reference/exit-codes.js'
import { errorsPage } from '../support/docs/reference/errors-page.js'
import { anchorOf } from '../support/docs/reference/markdown.js'
import { runbookNames } from '../support/docs/runbook.js'

const page = await readSource('docs/symptoms.md')

/** The rows below a heading, each cell trimmed. */
function rowsOf(heading: string): string[][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  const lines = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

const firstCells = (heading: string): string[] =>
  rowsOf(heading).map(([cell = '']) => cell.replaceAll('`', ''))

test.each(runbookNames())('the symptoms lead to the runbook %s', (name) => {
  expect(linksIn(page).map((link) => link.split('#')[0])).toContain(`runbooks/${name}.md`)
})

test('every exit code is a symptom, in order, and leads to the errors that have it', () => {
  const codes = exitCodes.map(([exitCode]) => String(exitCode))
  expect(firstCells('I see an exit code')).toEqual([...codes, 'anything else'])
  for (const [cell = '', , links = ''] of rowsOf('I see an exit code').slice(1, -1))
    expect(links).toContain(`(reference/errors.md#exit-code-${cell.replaceAll('`', '')})`)
})

test('every state of a lab is a symptom', () => {
  expect(firstCells('I see a state').sort()).toEqual([...states].sort())
})

describe('a message that is quoted', () => {
  const sections = new Map(
    errorsPage()
      .split('\n### ')
      .map((section) => [anchorOf(section.split('\n')[0] ?? ''), section]),
  )

  test.each(rowsOf('I see a message').map((cells) => [cells[0] ?? '', cells[2] ?? '']))(
    '%s is one of the error that its row leads to',
    (quoted, links) => {
      const [, anchor = ''] = /reference\/errors\.md#([a-z-]+)/.exec(links) ?? []
      const pieces = quoted.replaceAll('`', '').split('…')
      for (const piece of pieces) expect(sections.get(anchor)).toContain(piece.trim())
    },
  )
})
