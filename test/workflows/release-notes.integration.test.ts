import { execFile } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { sourcePath, temporaryFolder } from '../support/cli/support.js'

const CHANGELOG = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-12-01

### Added

- One thing.

## [1.1.0] - 2026-11-01

- Older.

## [1.0.0]

## [0.9.0] - 2026-09-01

[1.2.0]: https://example.org
`

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What the release workflow runs for a tag, in a repository whose package has this version. */
async function notesOf(tag: string, version: string): Promise<Ran> {
  const root = temporaryFolder()
  await mkdir(join(root, '.ci'))
  await cp(sourcePath('.ci/release-notes'), join(root, '.ci', 'release-notes'))
  await writeFile(join(root, 'package.json'), JSON.stringify({ version }))
  await writeFile(join(root, 'CHANGELOG.md'), CHANGELOG)
  return new Promise((resolve) =>
    execFile(join(root, '.ci', 'release-notes'), [tag], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    ),
  )
}

describe('the notes of a release', () => {
  test('are its section of the changelog, and nothing of another one', async () => {
    expect(await notesOf('v1.2.0', '1.2.0')).toEqual({
      code: 0,
      stdout: '### Added\n\n- One thing.\n',
      stderr: '',
    })
    expect((await notesOf('v1.1.0', '1.1.0')).stdout).toBe('- Older.\n')
  })

  test.each([
    ['the tag is another version', 'v1.1.0', '1.2.0', 'expected v1.2.0'],
    ['the tag has no v', '1.2.0', '1.2.0', 'expected v1.2.0'],
    ['the changelog does not know the version', 'v1.3.0', '1.3.0', 'has no section "## [1.3.0] - DATE"'],
    ['only a longer version looks like it', 'v1.2', '1.2', 'has no section "## [1.2] - DATE"'],
    ['its section has no date', 'v1.0.0', '1.0.0', 'has no section "## [1.0.0] - DATE"'],
    ['its section is empty', 'v0.9.0', '0.9.0', 'The section of 0.9.0 in CHANGELOG.md is empty'],
  ])('are refused where %s', async (_case, tag, version, reason) => {
    const { code, stdout, stderr } = await notesOf(tag, version)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(reason)
  })
})
