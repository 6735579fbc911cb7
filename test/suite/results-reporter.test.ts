import { afterEach, expect, test } from '@jest/globals'
import type { AggregatedResult } from '@jest/reporters'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../support/cli/support.js'
import { COSTS_VARIABLE, RESULTS_VARIABLE, skippedTitle } from './file-result.js'
import ResultsReporter from './results-reporter.js'

const path = fileURLToPath(new URL('../some/file.test.js', import.meta.url))
const before = { ...process.env }
afterEach(() => {
  process.env = before
})

const pending = (title: string, ...ancestorTitles: string[]) => ({
  status: 'pending',
  title,
  ancestorTitles,
  fullName: [...ancestorTitles, title].join(' '),
})

/** What the reporter writes of one file, by what Jest says of it. */
function reported(result: object, costs = ''): unknown {
  const folder = temporaryFolder()
  const [results, costsFile] = [join(folder, 'results'), join(folder, 'costs')]
  writeFileSync(costsFile, costs)
  process.env = { ...before, [RESULTS_VARIABLE]: results, [COSTS_VARIABLE]: costsFile }
  const perfStats = { runtime: 1_500 }
  const told = { testFilePath: path, perfStats, numPassingTests: 3, numFailingTests: 0, testResults: [] }
  new ResultsReporter().onRunComplete(undefined, {
    testResults: [{ ...told, ...result }],
  } as unknown as AggregatedResult)
  return (JSON.parse(readFileSync(results, 'utf8')) as unknown[])[0]
}

test('tells of a file its time, its cost and its tests', () => {
  const costs = `${JSON.stringify({ path, cpuSeconds: 1 })}\n${JSON.stringify({ path, cpuSeconds: 0.5 })}\n`
  expect(reported({}, costs)).toEqual({
    file: 'some/file.test.js',
    seconds: 1.5,
    cpuSeconds: 1.5,
    passed: 3,
    failed: 0,
    skipped: [],
  })
})

test('tells why a test is skipped, also by the title of what it is in, and when no one said', () => {
  const reason = 'no provider here'
  const testResults = [
    pending(skippedTitle('one', reason)),
    pending('two', skippedTitle('a lab', reason)),
    pending('three', 'a lab'),
    { ...pending('four'), status: 'todo' },
  ]
  expect(reported({ testResults })).toMatchObject({
    skipped: [
      { reason },
      { reason },
      { title: 'a lab three', reason: null },
      { title: 'four', reason: null },
    ],
  })
})

test('counts a file that cannot be loaded as a failure', () => {
  expect(reported({ numPassingTests: 0, testExecError: new Error('no such module') })).toMatchObject({
    passed: 0,
    failed: 1,
  })
})
