import { appendFileSync, readFileSync } from 'node:fs'
import type { EnvironmentContext, JestEnvironmentConfig } from '@jest/environment'
import { TestEnvironment } from 'jest-environment-node'
import { COSTS_VARIABLE, type FileCost } from './file-result.js'

/** Jest's own environment; notes what each test file costs the processor. */
export default class CostEnvironment extends TestEnvironment {
  readonly #path: string
  readonly #before = cpuSeconds()

  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    super(config, context)
    this.#path = context.testPath
  }

  override async teardown(): Promise<void> {
    await super.teardown()
    const file = process.env[COSTS_VARIABLE]
    if (file === undefined) return
    const cost: FileCost = { path: this.#path, cpuSeconds: cpuSeconds() - this.#before }
    appendFileSync(file, `${JSON.stringify(cost)}\n`)
  }
}

/** Linux counts in hundredths of a second. */
const TICKS = 100

/** Of this process and of all that it started and waited for (proc_pid_stat(5), fields 14 to 17). */
function cpuSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = fields.slice(11, 15).map(Number)
  return ticks.reduce((sum, value) => sum + value, 0) / TICKS
}
