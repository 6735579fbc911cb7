import { describe, expect, test } from '@jest/globals'
import { BackendError } from '../../backend/errors.js'
import { findPage, linkPages, readPages } from '../../scripts/docs/pages.js'
import { LabError } from '../../scripts/errors.js'
import { explain } from '../../scripts/explain.js'
import { parseArguments } from '../../scripts/parse.js'
import { commandLinesIn, wordsOf } from '../support/cli/command-line.js'
import { backendFaults, driverFaults, labFaults } from '../support/cli/faults.js'
import { readSource } from '../support/cli/support.js'
import { readBlocks, runbookNames } from '../support/docs/runbook.js'

/** No cloud is part of this version, so nothing can fail for want of capacity yet. */
const NAMED_LATER = ['exhausted-quota']

const hints = [
  ...backendFaults.map((fault) => new BackendError(fault)),
  ...labFaults.map((fault) => new LabError(fault)),
  ...driverFaults.map((fault) => new LabError({ code: 'driver', fault })),
].map((error) => explain(error).hint)

describe('the runbooks', () => {
  test('are those of the cases that the design names', () => {
    expect(runbookNames().sort()).toEqual([
      ...['corrupted-record', 'destroy-by-hand', 'dropped-network', 'engine-lock', 'exhausted-quota'],
      ...[
        'expired-credentials',
        'lost-work-folder',
        'not-ours',
        'refused-state',
        'stale-lease',
        'stuck-state',
      ],
    ])
  })

  test('are named by the hints of failures, and every name is one of them', () => {
    const named = hints.flatMap((hint) => /More: distrolab docs (\S+)/.exec(hint)?.[1] ?? [])
    expect(new Set([...named, ...NAMED_LATER])).toEqual(new Set(runbookNames()))
  })

  test('can be printed, as can every page that a hint names', async () => {
    const pages = await readPages()
    const named = hints.flatMap((hint) =>
      [...hint.matchAll(/distrolab docs ([a-z0-9-]+)/g)].map(([, name]) => name),
    )
    expect(named).toEqual(expect.arrayContaining(['stuck-state', 'aws']))
    for (const name of new Set([...named, ...runbookNames()])) {
      const page = findPage(pages, name ?? '')
      expect(linkPages(page, pages, (command) => command)).toContain(`# ${page.title}`)
    }
  })

  test.each(runbookNames())('%s has commands, each one that distrolab understands', async (name) => {
    const blocks = await readBlocks(name)
    expect(blocks).not.toEqual([])
    const text = (await readSource(`docs/runbooks/${name}.md`)).replaceAll('`', '\n')
    for (const line of commandLinesIn(text).filter((found) => /^distrolab [a-z]/.test(found))) {
      expect([line, (await parseArguments(wordsOf(line).slice(1), '0')).kind]).toEqual([line, 'command'])
    }
  })
})
