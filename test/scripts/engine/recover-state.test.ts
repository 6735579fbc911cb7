import { expect, test } from '@jest/globals'
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasErroredState, recoverLocalState } from '../../../scripts/engine/recover-state.js'
import { LabError } from '../../../scripts/errors.js'

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'distrolab-state-'))

test('a state that could not be written is put back in the place of the one cut short', async () => {
  const [work, store] = [await folder(), await folder()]
  const path = join(store, 'tofu.tfstate')
  await writeFile(path, '{"version": 4, "seri')
  await writeFile(join(work, 'errored.tfstate'), '{"version": 4, "serial": 7}')
  expect(hasErroredState(work)).toBe(true)
  await recoverLocalState({ kind: 'local', path }, work, 0o660)
  expect(await readFile(path, 'utf8')).toBe('{"version": 4, "serial": 7}')
  expect(await readdir(work)).toEqual([])
})

test('where the engine left none there is nothing to recover', async () => {
  expect(hasErroredState(await folder())).toBe(false)
})

test('while it still cannot be written, the recovered state is kept and the place is named', async () => {
  const [work, store] = [await folder(), await folder()]
  await writeFile(join(work, 'errored.tfstate'), '{}')
  await mkdir(join(store, 'labs'))
  const path = join(store, 'labs', 'absent', 'tofu.tfstate')
  const failure: unknown = await recoverLocalState({ kind: 'local', path }, work, 0o660).catch(
    (error: unknown) => error,
  )
  expect(failure).toBeInstanceOf(LabError)
  expect((failure as LabError).fault).toMatchObject({ code: 'folder-unwritable', place: path })
  expect(await readdir(work)).toEqual(['errored.tfstate'])
})
