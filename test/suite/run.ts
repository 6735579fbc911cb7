import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { obtainPrograms } from '../services/obtain.js'
import { chooseCrashes, crashChoiceText, crashChoiceVariable } from './crash-choice.js'
import { COSTS_VARIABLE, RESULTS_VARIABLE, type FileResult } from './file-result.js'
import { installTestPrerequisites } from './prerequisites.js'
import { faultsOf, summaryOf, type TierResult } from './table.js'
import { selections, tierNames, tiers, type Tier, type TierName } from './tiers.js'

const JEST = fileURLToPath(new URL('../../../node_modules/jest/bin/jest.js', import.meta.url))
const RESULTS_REPORTER = fileURLToPath(new URL('results-reporter.js', import.meta.url))

/** On Ctrl-C the terminal tells Jest too; these signals reach this process alone. */
const PASSED_ON = ['SIGTERM', 'SIGHUP'] as const

const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** The tiers that were asked for: `quick`, `rest`, `full`, or one by its own name. */
function asked(word: string): readonly TierName[] {
  const known: Readonly<Record<string, readonly TierName[]>> = {
    ...selections,
    ...Object.fromEntries(tierNames.map((name) => [name, [name]])),
  }
  const found = known[word]
  if (found === undefined) throw new Error(`${word}: not one of ${Object.keys(known).join(', ')}`)
  return found
}

/** One tier in a Jest of its own, on this terminal. */
async function runTier(tier: TierName, env: NodeJS.ProcessEnv, folder: string): Promise<TierResult> {
  const { workers }: Tier = tiers[tier]
  const results = join(folder, `${tier}.json`)
  const args = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    JEST,
    '--selectProjects',
    tier,
    '--maxWorkers',
    String(workers(availableParallelism())),
    '--reporters',
    'default',
    '--reporters',
    RESULTS_REPORTER,
  ]
  const began = performance.now()
  const jest = spawn(process.execPath, args, {
    env: { ...env, [RESULTS_VARIABLE]: results, [COSTS_VARIABLE]: join(folder, `${tier}.costs`) },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const pass = (signal: NodeJS.Signals): void => void jest.kill(signal)
  for (const signal of PASSED_ON) process.on(signal, pass)
  const [code] = (await once(jest, 'exit')) as [number | null]
  for (const signal of PASSED_ON) process.off(signal, pass)
  const seconds = (performance.now() - began) / 1_000
  const files = JSON.parse(await readFile(results, 'utf8').catch(() => '[]')) as FileResult[]
  return { tier, ran: { seconds, files, exitCode: code ?? 1 } }
}

/** What comes after a tier with a fault is not run: the fault is what matters now. */
async function runTiers(
  names: readonly TierName[],
  env: NodeJS.ProcessEnv,
  folder: string,
): Promise<TierResult[]> {
  await installTestPrerequisites(say)
  const results: TierResult[] = []
  for (const [index, tier] of names.entries()) {
    if (faultsOf(results).length > 0) {
      results.push({ tier })
      continue
    }
    await obtainPrograms(tiers[tier].needs, say)
    say(`\n[${index + 1}/${names.length}] ${tier} tests`)
    results.push(await runTier(tier, env, folder))
  }
  return results
}

// The summary still comes.
process.on('SIGINT', () => undefined)
const folder = await mkdtemp(join(tmpdir(), 'distrolab-tests-'))
try {
  const [selection = 'quick', crashTitle] = process.argv.slice(2)
  const names = asked(selection)
  const choice = chooseCrashes(selection, crashTitle, process.env)
  if (names.includes('crash')) say(crashChoiceText(choice))
  const results = await runTiers(names, { ...process.env, ...crashChoiceVariable(choice) }, folder)
  process.stdout.write(`\n${summaryOf(results)}\n`)
  if (faultsOf(results).length > 0) process.exitCode = 1
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true })
}
