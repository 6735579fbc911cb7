import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { parseConfig } from '../../scripts/config-parse.js'
import { EXIT } from '../../scripts/explain/explanation.js'
import { readEnvironment } from '../../scripts/env.js'
import { readSource } from '../support/cli/support.js'
import { exitCodes } from '../support/docs/reference/exit-codes.js'
import { referenceFolder, referencePages } from '../support/docs/reference/pages.js'
import { variableGroups } from '../support/docs/reference/variables.js'
import { variableOfFlag } from '../../scripts/env.js'
import { flagsFromEnvironment, variablesRead } from '../support/docs/reference/variables-read.js'

const pages = await referencePages()

describe('docs/reference/', () => {
  test.each(Object.entries(pages))(
    '%s says what the code says; if not, `npm run docs:reference`',
    async (file, expected) => {
      expect(await readFile(join(referenceFolder, file), 'utf8')).toBe(expected)
    },
  )

  test('has no other page', async () => {
    expect((await readdir(referenceFolder)).sort()).toEqual(Object.keys(pages).sort())
  })
})

describe('the exit codes', () => {
  test('are all those of the program', () => {
    expect(exitCodes.map(([exitCode]) => exitCode)).toEqual([0, ...Object.values(EXIT)].sort((a, b) => a - b))
  })

  test('have the same meanings in the README', async () => {
    const readme = await readSource('README.md')
    const shown = [...readme.matchAll(/^\| (\d+)(?: \/ \d+)? +\| (.+?) +\|$/gm)].map(
      ([, exitCode, meaning]) => [Number(exitCode), meaning],
    )
    const interrupted = [EXIT.interrupted, 'interrupted; the state is recorded']
    const rest = exitCodes.filter(([exitCode]) => exitCode < EXIT.interrupted).map(([...row]) => row)
    expect(shown).toEqual([...rest, interrupted])
  })
})

describe('the environment variables', () => {
  const documented = variableGroups.flatMap(({ variables }) => Object.keys(variables))

  test('that the code reads are all in config.md', async () => {
    const flags = [...(await flagsFromEnvironment())].map(variableOfFlag)
    const missing = [...(await variablesRead())].filter((name) => ![...documented, ...flags].includes(name))
    expect(missing).toEqual([])
  })

  test('in config.md are all read by the code, but for those that only the SDK of AWS reads', async () => {
    const read = await variablesRead()
    const unread = documented.filter((name) => !read.has(name) && !name.startsWith('AWS_'))
    // NO_PROXY is read where a proxy is named.
    expect(unread).toEqual(['DISTROLAB_DEBUG', 'NO_PROXY'])
    expect(readEnvironment({ DISTROLAB_DEBUG: '1' }).flags).toEqual({ debug: '1' })
  })
})

describe('the configuration', () => {
  const examples = [...(pages['config.md'] ?? '').matchAll(/^```yaml\n([^]*?)^```$/gm)].map(
    ([, text = '']) => text,
  )

  test('has an example for each key', () => {
    expect(examples.length).toBeGreaterThan(20)
  })

  test.each(examples)('the example is accepted as it stands:\n%s', (text) => {
    expect(parseConfig('distrolab.yaml', text).problems).toEqual([])
  })

  test('of the README is accepted as it stands', async () => {
    const [, text = ''] =
      /^```yaml\n(# yaml-language-server[^]*?)^```$/m.exec(await readSource('README.md')) ?? []
    expect(Object.keys(parse(text) as object)).toContain('profiles')
    expect(parseConfig('distrolab.yaml', text).problems).toEqual([])
  })
})
