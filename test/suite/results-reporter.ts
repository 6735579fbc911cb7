import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AggregatedResult, TestResult } from '@jest/reporters'
import {
  COSTS_VARIABLE,
  RESULTS_VARIABLE,
  type FileCost,
  type FileResult,
  reasonIn,
  type SkippedTest,
} from './file-result.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Writes what became of each file for the runner, which makes one table of all tiers. */
export default class ResultsReporter {
  onRunComplete(_contexts: unknown, { testResults }: AggregatedResult): void {
    const target = process.env[RESULTS_VARIABLE]
    if (target === undefined) throw new Error(`${RESULTS_VARIABLE} is not set`)
    const costs = readCosts(process.env[COSTS_VARIABLE])
    writeFileSync(target, JSON.stringify(testResults.map((result) => fileResult(result, costs))))
  }
}

function fileResult(result: TestResult, costs: ReadonlyMap<string, number>): FileResult {
  const { testFilePath, perfStats, numPassingTests, numFailingTests, testExecError } = result
  const isBroken = testExecError !== undefined && testExecError !== null && numFailingTests === 0
  return {
    file: relative(ROOT, testFilePath),
    seconds: perfStats.runtime / 1_000,
    cpuSeconds: costs.get(testFilePath) ?? null,
    passed: numPassingTests,
    failed: isBroken ? 1 : numFailingTests,
    skipped: skippedIn(result),
  }
}

const skippedIn = ({ testResults }: TestResult): SkippedTest[] =>
  testResults
    .filter(({ status }) => ['pending', 'skipped', 'todo', 'disabled'].includes(status))
    .map(({ ancestorTitles, title, fullName }) => ({
      title: fullName,
      reason: [...ancestorTitles, title].map(reasonIn).find((reason) => reason !== undefined) ?? null,
    }))

/** By the file's path; one that ran more than once costs what all its runs cost. */
function readCosts(file: string | undefined): ReadonlyMap<string, number> {
  const costs = new Map<string, number>()
  if (file === undefined || !existsSync(file)) return costs
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const { path, cpuSeconds } = JSON.parse(line) as FileCost
    costs.set(path, (costs.get(path) ?? 0) + cpuSeconds)
  }
  return costs
}
