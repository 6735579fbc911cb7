import { existsSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { loadCatalog } from '../../distro-catalog/load.js'
import { loadConfig } from '../../scripts/config.js'
import { parseArguments } from '../../scripts/parse.js'
import { commandLinesIn, wordsOf } from '../support/cli/command-line.js'
import { readSource, sourcePath, temporaryFolder } from '../support/cli/support.js'
import { exampleNames } from '../support/examples/example.js'

const configured = exampleNames().filter((name) => existsSync(sourcePath(`examples/${name}/distrolab.yaml`)))

test('the index lists every example, and no other', async () => {
  const index = await readSource('examples/README.md')
  const listed = [...index.matchAll(/\[([\w-]+)\]\(\1\/README\.md\)/g)].map(([, name = '']) => name)
  expect(listed.sort()).toEqual(exampleNames())
})

describe.each(configured)('the configuration of %s', (name) => {
  test('is valid, and so are the distros that it adds', async () => {
    const { values } = await loadConfig({
      cwd: sourcePath(`examples/${name}`),
      configHome: temporaryFolder(),
    })
    expect(Object.keys(values)).not.toEqual([])
    await expect(loadCatalog(values.catalog)).resolves.toBeDefined()
  })
})

test.each(exampleNames())('%s has a README whose commands distrolab understands', async (name) => {
  const readme = await readSource(`examples/${name}/README.md`)
  const blocks = [...readme.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = '']) => block)
  const lines = commandLinesIn(blocks.join('')).filter((line) => /^distrolab [a-z]/.test(line))
  for (const line of lines)
    expect([line, (await parseArguments(wordsOf(line).slice(1), '0')).kind]).toEqual([line, 'command'])
})

test('both CI jobs run the same tests', async () => {
  expect(await readSource('examples/ci-gitlab/tests/run.sh')).toBe(
    await readSource('examples/ci-github/tests/run.sh'),
  )
})
