import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { machineFiles, type MachineFiles } from '../../../local-vm/files.js'
import { markAsOurs } from '../../../local-vm/machine/own-folder.js'
import { removeMachine } from '../../../local-vm/machine/remove.js'
import { networkFiles } from '../../../local-vm/network/network-files.js'
import { isSwitchOf } from '../../../local-vm/network/switch-process.js'
import { temporaryFolder } from '../../support/cli/support.js'

const idOf = (name: string): string => `distrolab-0a1b2c3d-web-${name}`

async function twoMachines(): Promise<[MachineFiles, MachineFiles]> {
  const lab = join(temporaryFolder(), 'machines', 'web')
  const [one, two] = ['source', 'target'].map((name) => machineFiles(idOf(name), join(lab, name)))
  if (one === undefined || two === undefined) throw new TypeError('two names')
  for (const files of [one, two]) {
    await mkdir(files.directory, { recursive: true })
    await markAsOurs(idOf(files === one ? 'source' : 'target'), files)
    await writeFile(files.card, '')
  }
  const network = networkFiles(one.directory)
  await mkdir(network.directory)
  for (const file of [network.control, network.breaks, network.pid, network.log]) await writeFile(file, '')
  await writeFile(join(network.directory, 'ctl-4711.sock'), '')
  return [one, two]
}

test('the private network goes with the last machine of its lab, and with no other', async () => {
  const [one, two] = await twoMachines()
  const network = networkFiles(one.directory)
  await removeMachine(idOf('source'), one)
  expect(await readdir(network.directory)).toHaveLength(5)
  expect(await removeMachine(idOf('target'), two)).toContain(network.directory)
  expect(await readdir(one.machines)).toEqual([])
})

test("what is in the network's folder and is not ours stays, and is reported", async () => {
  const [one, two] = await twoMachines()
  const notes = join(networkFiles(one.directory).directory, 'notes')
  await writeFile(notes, '')
  await removeMachine(idOf('source'), one)
  await expect(removeMachine(idOf('target'), two)).rejects.toMatchObject({
    fault: { code: 'machine-left', left: [notes] },
  })
})

test('a link in place of the folder is not followed', async () => {
  const lab = join(temporaryFolder(), 'machines', 'web')
  const files = machineFiles(idOf('main'), join(lab, 'main'))
  const other = temporaryFolder()
  await writeFile(join(other, 'switch.log'), '')
  await mkdir(files.directory, { recursive: true })
  await markAsOurs(idOf('main'), files)
  await symlink(other, join(lab, '.net'))
  await removeMachine(idOf('main'), files).catch(() => undefined)
  expect(await readdir(other)).toEqual(['switch.log'])
})

test('a switch is known by its program and the folder of its lab', () => {
  const files = networkFiles('/state/machines/web/source')
  const words = ['/usr/bin/node', '/opt/dist/bundle/switch.js', dirname('/state/machines/web/source')]
  expect(isSwitchOf(files, words)).toBe(true)
  expect(isSwitchOf(files, ['/usr/bin/node', '/opt/other.js', files.lab])).toBe(false)
  expect(isSwitchOf(files, ['/usr/bin/node', '/opt/switch.js', `${files.lab}2`])).toBe(false)
})
