import { expect, test } from '@jest/globals'
import { mkdir, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { machineFiles, type MachineFiles } from '../../../../stacks/local/driver/files.js'
import { isGone, presenceOf } from '../../../../stacks/local/driver/presence.js'
import { isTraceless, removeOnce } from '../../../../stacks/local/driver/remove.js'
import { temporaryFolder } from '../../../scripts/support.js'

const id = 'distrolab-traceless-main'
const newFiles = (): MachineFiles => machineFiles(id, join(temporaryFolder(), 'machines', 'demo', 'main'))

test('a machine of which there is nothing is traceless, and asking leaves nothing', async () => {
  const files = newFiles()
  expect(await isTraceless(id, files)).toBe(true)
  expect(await isTraceless(id, files)).toBe(true)
})

test.each([
  ['its folder, even an empty one', (files: MachineFiles) => mkdir(files.directory, { recursive: true })],
  ["its lab's empty folder", (files: MachineFiles) => mkdir(dirname(files.directory), { recursive: true })],
  [
    'the guard of a driver that was killed',
    async (files: MachineFiles) => {
      await mkdir(files.machines, { recursive: true })
      await symlink('a holder', files.guard)
    },
  ],
])('%s is a trace', async (_what, leave) => {
  const files = newFiles()
  await leave(files)
  expect(await isTraceless(id, files)).toBe(false)
})

test('what cannot be looked at is not gone: neither traceless nor absent', async () => {
  const files = newFiles()
  await mkdir(dirname(files.directory), { recursive: true })
  await symlink(files.directory, files.directory)
  const fault = { fault: { code: 'place-unreadable', place: files.directory, reason: 'ELOOP' } }
  await expect(presenceOf(files)).rejects.toMatchObject(fault)
  await expect(isGone({ id, directory: files.directory }, files)).rejects.toMatchObject(fault)
  await expect(removeOnce(id, files)).rejects.toMatchObject(fault)
})
