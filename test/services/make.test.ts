import { mkdtempSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'

process.env['XDG_CACHE_HOME'] = mkdtempSync(join(tmpdir(), 'distrolab-make-'))
const { makeOnce } = await import('./make.js')
const { obtained, programFolder } = await import('./programs.js')

const program = (name: string) => ({ name, version: '1.0.0', binary: 'server', usually: '1 s' })
const silent = (): void => undefined

test('a program that is not there fails whoever wants to run it, with what to type', async () => {
  await expect(obtained(program('absent'))).rejects.toThrow(
    'absent 1.0.0 is not there: run  node dist/test/services/obtain.js',
  )
})

test('a failed build is no program, says what failed, and the next one begins in an empty folder', async () => {
  const failing = program('failing')
  const half = makeOnce(
    failing,
    async (folder) => {
      await writeFile(join(folder, 'half'), '')
      throw new Error('no network')
    },
    silent,
  )
  await expect(half).rejects.toThrow('failing 1.0.0: no network')
  await expect(obtained(failing)).rejects.toThrow('is not there')
  await makeOnce(failing, (folder) => writeFile(join(folder, 'server'), 'whole', { flag: 'wx' }), silent)
  expect(await readFile(await obtained(failing), 'utf8')).toBe('whole')
  await expect(readFile(join(programFolder(failing), 'half'))).rejects.toThrow('ENOENT')
})

test('two that ask at once build once, with progress shown', async () => {
  const shared = program('shared')
  const said: string[] = []
  let builds = 0
  const recipe = async (): Promise<void> => void (builds += 1)
  await Promise.all([1, 2].map(() => makeOnce(shared, recipe, (text) => said.push(text))))
  expect(builds).toBe(1)
  expect(said).toContain('shared 1.0.0: making it, once on this computer (about 1 s) …')
  expect(said).toContainEqual(expect.stringMatching(/^shared 1\.0\.0: done in/))
})
