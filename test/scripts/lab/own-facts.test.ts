import { beforeEach, describe, expect, test } from '@jest/globals'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { directoryLocation } from '../../../backend/location.js'
import type { Machine } from '../../../backend/record-schema.js'
import { ensureComputerId } from '../../../scripts/computer.js'
import { assertOwnFacts, mismatchOf, pinnedHostKey } from '../../../scripts/lab/own-facts.js'
import { keyFolder, machineFolder, type Workspace } from '../../../scripts/workspace.js'
import { machineId } from '../../../stacks/naming.js'
import { records } from '../../support/backend/records.js'
import { temporaryFolder } from '../../support/cli/support.js'

const KNOWN = 'ssh-ed25519 AAAA'
let space: Workspace
let machine: Machine
const context = () => ({ space, location: directoryLocation('/srv/labs') })
beforeEach(() => {
  const home = temporaryFolder()
  space = { home, cache: home, backendId: '0a1b2c3d' }
  machine = {
    name: 'main',
    id: machineId(space.backendId, 'web', 'main'),
    address: '127.0.0.1',
    port: 20_123,
    user: 'debian',
    hostKey: KNOWN,
    place: machineFolder(space, 'web', 'main'),
    distro: 'debian-13',
    size: records.local.size,
    image: records.local.image,
  }
})

const incarnation = 'c0ffee123456'
const labWith = (change: Partial<Machine> = {}, computer = ensureComputerId(space.home)) => ({
  ...records.local,
  incarnation,
  machines: [{ ...machine, ...change }],
  owner: { user: 'anna', host: 'laptop', computer },
})

async function knows(key: string): Promise<void> {
  await mkdir(keyFolder(space, 'web'), { recursive: true })
  await writeFile(join(keyFolder(space, 'web'), 'known_hosts'), `distrolab-web ${key}\n`)
}

describe('the record of a local lab of this computer', () => {
  test('is believed when it says what this computer works out by itself', async () => {
    expect(mismatchOf(context(), labWith())).toBeUndefined()
    await knows(KNOWN)
    expect(mismatchOf(context(), labWith())).toBeUndefined()
  })

  test.each<[string, Partial<Machine>]>([
    ['id', { id: 'distrolab-0a1b2c3d-other-main' }],
    ['address', { address: '203.0.113.7' }],
    ['address', { address: null }],
    ['port', { port: 22 }],
    ['privateAddress', { privateAddress: '10.0.0.1' }],
    ['port', { port: null }],
    ['place', { place: '/home/anna/Documents' }],
    ['image.id', { image: { id: 'images/x' } }],
  ])('is refused by the name of a field that is another: %s', (field, change) => {
    expect(mismatchOf(context(), labWith(change))).toMatchObject({ field: `machines.main.${field}` })
    expect(() => assertOwnFacts(context(), labWith(change))).toThrow('record-mismatch')
  })

  test('is refused without a place, and with an image that no digest names', () => {
    const { place: _place, ...without } = machine
    const lab = { ...labWith(), machines: [without] }
    expect(mismatchOf(context(), lab)).toMatchObject({ field: 'machines.main.place', found: 'none' })
    const image = { id: 'images/x' }
    expect(mismatchOf(context(), { ...labWith(), image })).toMatchObject({ field: 'image.id' })
  })

  test('is refused with another host key than the known one, and without any the known one counts', async () => {
    await knows(KNOWN)
    expect(mismatchOf(context(), labWith({ hostKey: 'ssh-ed25519 BBBB' }))).toEqual({
      field: 'machines.main.hostKey',
      expected: KNOWN,
      found: 'ssh-ed25519 BBBB',
    })
    const lab = labWith({ hostKey: null })
    expect(mismatchOf(context(), lab)).toBeUndefined()
    expect(pinnedHostKey(context(), lab, { ...machine, hostKey: null })).toBe(KNOWN)
  })
})

test('of a lab on another computer, or in a cloud, only what its names make is compared', () => {
  const computer = '0123456789abcdef'
  expect(mismatchOf(context(), labWith({ place: '/x', port: 22 }, computer))).toBeUndefined()
  const { place: _place, ...bare } = { ...machine, address: '203.0.113.7', port: 22 }
  const inCloud = { ...records.aws, lab: 'web', incarnation }
  expect(mismatchOf(context(), { ...inCloud, machines: [bare] })).toBeUndefined()
  for (const lab of [labWith({ id: 'distrolab-other-web-main' }, computer), inCloud])
    expect(mismatchOf(context(), lab)).toMatchObject({ field: 'machines.main.id' })
})
