import { describe, expect, test } from '@jest/globals'
import { mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { knownFiles, machineFiles, seedFiles, type MachineFiles } from '../../local-vm/files.js'
import { markAsOurs } from '../../local-vm/machine/own-folder.js'
import { isGone, presenceOf } from '../../local-vm/machine/presence.js'
import { destroyMachine, isTraceless, removeMachine, removeOnce } from '../../local-vm/machine/remove.js'
import { temporaryFolder } from '../support/cli/support.js'

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
  await expect(removeOnce(id, files)).rejects.toMatchObject({ fault: { code: 'machine-folder-foreign' } })
})

/** Every file that the driver, its watchdog and QEMU make. */
async function makeWhole(files: MachineFiles, owner = id): Promise<void> {
  await mkdir(files.seed, { recursive: true })
  await markAsOurs(owner, files)
  for (const file of knownFiles(files)) await writeFile(file, '')
  for (const name of seedFiles) await writeFile(join(files.seed, name), '')
}

const control = { signal: new AbortController().signal, report: () => undefined }

/** What a removal that was asked for by a record says, when the machine's folder is not one. */
const foreign = (directory: string) =>
  expect.objectContaining({ fault: expect.objectContaining({ code: 'machine-folder-foreign', directory }) })

describe('a removal', () => {
  test('leaves nothing of what the driver makes, nor the empty folders above it', async () => {
    const files = newFiles()
    await makeWhole(files)
    expect(await removeMachine(id, files)).toContain(files.directory)
    expect(await readdir(files.machines)).toEqual([])
  })

  test.each(['machine.json', 'machine.json.draft'])(
    'goes on where a killed driver left %s alone',
    async (name) => {
      const files = newFiles()
      await mkdir(files.directory, { recursive: true })
      await markAsOurs(id, files)
      await rename(files.meta, join(files.directory, name))
      await removeMachine(id, files)
      expect(await readdir(files.machines)).toEqual([])
    },
  )

  test('takes links, not what they lead to', async () => {
    const files = newFiles()
    const documents = join(temporaryFolder(), 'documents')
    await mkdir(documents)
    for (const name of [...seedFiles, 'letter']) await writeFile(join(documents, name), '')
    await mkdir(files.directory, { recursive: true })
    await markAsOurs(id, files)
    await symlink(documents, files.seed)
    await symlink(join(documents, 'letter'), files.overlay)
    await expect(removeMachine(id, files)).rejects.toThrow(
      expect.objectContaining({
        fault: expect.objectContaining({ code: 'machine-left', left: [files.seed] }),
      }),
    )
    expect(await readdir(documents)).toHaveLength(4)
    expect((await readdir(files.directory)).sort()).toEqual(['machine.json', 'seed'])
  })

  test('keeps what it does not know and names it, and the next one finds the folder again', async () => {
    const files = newFiles()
    await makeWhole(files)
    const notes = join(files.directory, 'notes')
    await mkdir(notes)
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(removeMachine(id, files)).rejects.toThrow(
        expect.objectContaining({ fault: { code: 'machine-left', id, left: [notes] } }),
      )
    }
    expect((await readdir(files.directory)).sort()).toEqual(['machine.json', 'notes'])
  })
})

describe('a folder that a record names', () => {
  test.each([
    ['is of somebody', async (files: MachineFiles) => makeWhole(files, 'distrolab-other-main')],
    [
      "is the user's own, with a kernel in it",
      async (files: MachineFiles) => {
        await mkdir(files.directory, { recursive: true })
        await writeFile(files.kernel, '')
      },
    ],
    [
      'has a machine.json of something else',
      async (files: MachineFiles) => {
        await mkdir(files.directory, { recursive: true })
        await writeFile(files.meta, '[1]')
      },
    ],
  ])('and that %s loses nothing', async (_what, make) => {
    const files = newFiles()
    await make(files)
    const before = await readdir(files.directory)
    const { directory } = files
    await expect(destroyMachine({ id, directory }, control)).rejects.toThrow(foreign(directory))
    expect(await readdir(directory)).toEqual(before)
    expect(await readdir(files.machines)).toEqual(['demo'])
  })

  test('and that is a link, even to a folder of the machine, loses nothing', async () => {
    const files = newFiles()
    const real = machineFiles(id, join(temporaryFolder(), 'real'))
    await makeWhole(real)
    await mkdir(dirname(files.directory), { recursive: true })
    await symlink(real.directory, files.directory)
    const before = await readdir(real.directory)
    const { directory } = files
    await expect(destroyMachine({ id, directory }, control)).rejects.toThrow(foreign(directory))
    expect(await readdir(real.directory)).toEqual(before)
  })

  test('and that is a file stays', async () => {
    const files = newFiles()
    await mkdir(dirname(files.directory), { recursive: true })
    await writeFile(files.directory, '')
    await expect(removeMachine(id, files)).rejects.toThrow(foreign(files.directory))
    expect(await readdir(dirname(files.directory))).toEqual(['main'])
  })
})
