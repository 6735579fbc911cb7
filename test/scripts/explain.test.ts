import { describe, expect, test } from '@jest/globals'
import { BackendError } from '../../backend/errors.js'
import { CatalogError } from '../../distro-catalog/errors.js'
import { LabError } from '../../scripts/errors.js'
import { explain } from '../../scripts/explain.js'
import { EXIT } from '../../scripts/explain/explanation.js'
import { commands } from '../../scripts/commands/all.js'
import { parseArguments } from '../../scripts/parse.js'
import { asTyped } from '../../scripts/report/as-typed.js'
import { typedWord } from '../../scripts/report/typed.js'
import { commandLinesIn, wordsOf } from '../support/cli/command-line.js'
import { variants } from '../support/cli/fault-variants.js'
import { withValues } from '../support/cli/hostile-faults.js'
import { backendFaults, catalogFaults, driverFaults, labFaults } from '../support/cli/faults.js'

const errors = [
  ...backendFaults.map((fault) => new BackendError(fault)),
  ...catalogFaults.map((fault) => new CatalogError(fault)),
  ...labFaults.map((fault) => new LabError(fault)),
  ...driverFaults.map((fault) => new LabError({ code: 'driver', fault })),
]
const all = [...errors, ...variants].map((error) => [explain(error).code, error] as const)

describe('every fault', () => {
  test.each(all)('%s is told in words that have no holes', (code, error) => {
    const { message, hint, exitCode } = explain(error)
    expect(message.trim()).not.toBe('')
    expect(`${message} ${hint}`).not.toMatch(/undefined|null|\[object|NaN|\$\{/)
    expect(Object.values(EXIT)).toContain(exitCode)
    expect(code).toBe(error.fault.code === 'driver' ? error.fault.fault.code : error.fault.code)
  })

  test.each(all)(
    '%s: each command line of its hint is one that distrolab understands',
    async (_code, error) => {
      for (const line of commandLinesIn(explain(error).hint)) {
        const parsed = await parseArguments(wordsOf(line).slice(1), '0')
        if (!line.endsWith('--help')) expect([line, parsed.kind]).toEqual([line, 'command'])
      }
    },
  )

  test.each(all)(
    '%s: its hint has every value as one word of a shell, also in a sentence',
    (_code, error) => {
      const hostile = `x'"; rm -rf /\n# \u001b[2J`
      const hint = explain(withValues(error, hostile)).hint
      expect(hint.replaceAll(typedWord(hostile), () => 'value')).toBe(
        explain(withValues(error, 'value')).hint,
      )
    },
  )

  test.each(all)('%s: its hint says through npm what works there', (_code, error) => {
    const { hint } = explain(error)
    const shown = asTyped(hint, true)
    expect(shown).not.toMatch(/\bdistrolab [a-z]/)
    for (const [, verb] of shown.matchAll(/npm run (\S+)/g)) {
      expect(commands.map(({ name }) => name.split(' ')[0])).toContain(verb)
    }
    expect(shown.match(/npm run|npx distrolab/g)?.length ?? 0).toBe(commandLinesIn(hint).length)
  })
})

test('the exit codes are those of the design', () => {
  expect(EXIT).toEqual({
    failed: 1,
    usage: 2,
    notFound: 3,
    locked: 4,
    capacity: 5,
    leftovers: 6,
    credentials: 7,
    timeout: 124,
    interrupted: 130,
    terminated: 143,
  })
})

test('every exit code has a fault', () => {
  const used = new Set([...errors, ...variants].map((error) => explain(error).exitCode))
  expect([...used].sort()).toEqual(Object.values(EXIT).sort())
})

test.each([
  ['lab-unknown', 3],
  ['distro-unknown', 3],
  ['profile-unknown', 3],
  ['machine-unknown', 3],
  ['page-unknown', 3],
  ['lease-held', 4],
  ['engine-locked', 4],
  ['state-forbidden', 1],
  ['state-credentials', 7],
  ['state-bucket-missing', 2],
  ['state-undecryptable', 7],
  ['passphrase-missing', 7],
  ['passphrase-short', 2],
  ['leftovers', 6],
  ['machine-left', 6],
  ['ssh-timeout', 124],
  ['cloud-init-timeout', 124],
  ['config-invalid', 2],
  ['backend-url-invalid', 2],
  ['store-missing', 2],
  ['store-folder-missing', 2],
  ['store-taken', 2],
  ['store-project-unknown', 2],
  ['store-wrong-region', 2],
  ['store-no-conditions', 2],
  ['store-unreachable', 1],
  ['store-forbidden', 1],
  ['store-credentials', 7],
  ['interrupted', 130],
  ['cloud-credentials-missing', 7],
  ['cloud-credentials-refused', 7],
  ['cloud-credentials-unusable', 7],
  ['cloud-capacity', 5],
  ['cloud-quota', 5],
  ['cloud-region-disabled', 2],
  ['cloud-image-terms', 1],
  ['import-region-needed', 2],
  ['caller-unknown', 2],
  ['cloud-throttled', 1],
  ['cloud-unreachable', 1],
])('%s exits with %d', (code, exitCode) => {
  const error = errors.find((candidate) => candidate.fault.code === code || explain(candidate).code === code)
  expect(explain(error).exitCode).toBe(exitCode)
})

test('an error without a code is a mistake of ours and says so', () => {
  expect(explain(new TypeError('x is not a function'))).toMatchObject({ code: 'internal', exitCode: 1 })
  expect(explain('a string').message).toContain('a string')
})

test('who holds the lease is shown, with the CI run where there is one', () => {
  const fault = backendFaults.find(({ code }) => code === 'lease-held')
  if (fault?.code !== 'lease-held') throw new Error('no sample')
  expect(explain(new BackendError(fault)).message).toBe(
    'web is held by anna@laptop (pid 7), running up since 2026-11-21T10:00:00.000Z.',
  )
  const ci = { ...fault, holder: { ...fault.holder, ciRunUrl: 'https://ci/7' } }
  expect(explain(new BackendError(ci)).message).toContain('https://ci/7')
})
