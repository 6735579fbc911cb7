import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { captureFrames } from '../../../local-vm/network/ask-switch.js'
import { FrameReader } from '../../../local-vm/network/frames.js'
import { networkFilesIn, type NetworkFiles } from '../../../local-vm/network/network-files.js'
import { type Pair, writeBroken } from '../../../local-vm/network/pairs.js'
import {
  endSwitch,
  ensureSwitch,
  isSwitchOf,
  requireSwitch,
} from '../../../local-vm/network/switch-process.js'
import { findProcesses } from '../../../local-vm/machine/process-table.js'
import { BROADCAST, Card, frameOf, payloadOf } from '../../support/local-vm/card.js'
import { waitUntil } from '../../stand-in/lab-cli.js'

jest.setTimeout(60_000)

const MACS = { a: '52:54:00:00:00:0a', b: '52:54:00:00:00:0b', c: '52:54:00:00:00:0c' } as const
type Name = keyof typeof MACS

let root: string
let files: NetworkFiles
const cards = new Map<Name, Card>()
const children: ChildProcess[] = []

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'net-'))
  files = networkFilesIn(join(root, 'machines', 'web'))
})

afterEach(async () => {
  await endSwitch(files)
  for (const card of cards.values()) await card.unplug()
  cards.clear()
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(root, { recursive: true, force: true })
})

const card = (name: Name): Card => {
  const found = cards.get(name)
  if (found === undefined) throw new TypeError(`no card ${name}`)
  return found
}

async function plugIn(...names: readonly Name[]): Promise<void> {
  for (const name of names) cards.set(name, await Card.plugIn(files.lab, name, MACS[name]))
  await requireSwitch(files)
  await waitUntil('the cards to be connected', () => names.every((name) => card(name).isConnected))
}

/** What each card gets of a frame; on a loaded computer it may take a moment. */
async function heard(from: Name, target: string, payload: string, expected: readonly Name[]): Promise<void> {
  for (const each of cards.values()) each.taken()
  card(from).send(target, payload)
  const got = new Set<Name>()
  const look = (): void => {
    for (const [name, each] of cards) if (each.taken().includes(payload)) got.add(name)
  }
  await waitUntil(`${payload} at ${expected.join()}`, () => {
    look()
    return expected.every((name) => got.has(name))
  })
  await sleep(50)
  look()
  expect([...got].sort()).toEqual(expected)
}

async function separate(...pairs: readonly Pair[]): Promise<void> {
  await writeBroken(files, pairs)
  expect((await requireSwitch(files)).broken).toEqual(pairs)
}

const switches = async (): Promise<number[]> =>
  (await findProcesses((words) => isSwitchOf(files, words))).map(({ identity }) => identity.pid)

describe('the switch of a private network', () => {
  test('connects all machines of a lab, and separates exactly a broken pair until it is healed', async () => {
    await plugIn('a', 'b', 'c')
    await heard('a', BROADCAST, 'hello', ['b', 'c'])
    await separate(['a', 'b'])
    await heard('a', BROADCAST, 'only c', ['c'])
    await heard('b', MACS.a, 'lost', [])
    await heard('c', BROADCAST, 'both', ['a', 'b'])
    await separate()
    await heard('b', MACS.a, 'back', ['a'])
  })

  test('is started again after it was killed or suspended, and still separates the same machines', async () => {
    await plugIn('a', 'b', 'c')
    await separate(['a', 'c'])
    for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
      const [old = -1] = await switches()
      process.kill(old, signal)
      await requireSwitch(files)
      await waitUntil('its end', async () => !(await switches()).includes(old))
      await waitUntil('the cards', async () => (await requireSwitch(files)).connected.length === 3)
      expect(await switches()).toHaveLength(1)
      await heard('a', BROADCAST, `after ${signal}`, ['b'])
    }
  })

  test('finds a machine again that was restarted, without the others noticing', async () => {
    await plugIn('a', 'b')
    await card('b').unplug()
    cards.set('b', await Card.plugIn(files.lab, 'b', MACS.b))
    await waitUntil('the new card', () => card('b').isConnected)
    await heard('a', BROADCAST, 'again', ['b'])
  })

  test('is one, however many commands start it at once', async () => {
    await mkdir(files.lab, { recursive: true })
    await Promise.all([ensureSwitch(files), ensureSwitch(files), ensureSwitch(files)])
    await plugIn('a', 'b')
    await waitUntil('a single switch', async () => (await switches()).length === 1)
    await waitUntil('the cards', async () => (await requireSwitch(files)).connected.length === 2)
    // A frame for a switch that has just ended is lost, as in any network.
    await waitUntil('a frame at b', () => {
      card('a').send(BROADCAST, 'one')
      return card('b').taken().includes('one')
    })
  })

  test('ends soon after the folder of its network was removed', async () => {
    await plugIn('a')
    await rm(files.directory, { recursive: true })
    await waitUntil('its end', async () => (await switches()).length === 0)
  })

  test('cuts off a card that sends nonsense, and nothing else', async () => {
    await plugIn('a', 'b', 'c')
    card('c').write(Buffer.alloc(64, 0xff))
    await waitUntil('its new connection', async () => (await readFile(files.log, 'utf8')).includes('c sent'))
    await heard('a', BROADCAST, 'still', ['b'])
  })

  test('can be reached by no other user, nor from another lab', async () => {
    await plugIn('a')
    expect((await stat(files.directory)).mode & 0o077).toBe(0)
    expect((await stat(files.control)).mode & 0o077).toBe(0)
    const other = networkFilesIn(join(root, 'machines', 'other'))
    const stranger = await Card.plugIn(other.lab, 'b', MACS.b)
    try {
      await requireSwitch(other)
      await waitUntil('the other lab', () => stranger.isConnected)
      card('a').send(BROADCAST, 'private')
      await sleep(300)
      expect(stranger.taken()).toEqual([])
    } finally {
      await endSwitch(other)
      await stranger.unplug()
    }
  })

  test('works where the path is longer than a socket may have', async () => {
    files = networkFilesIn(join(root, 'machines', 'x'.repeat(120), 'web'))
    await mkdir(files.lab, { recursive: true })
    expect(await requireSwitch(files)).toEqual({ connected: [], broken: [] })
  })
})

const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => undefined))?.size ?? -1

/** The frames of a pcap file; fails for anything that tcpdump would not read. */
async function framesIn(file: string): Promise<string[]> {
  const bytes = await readFile(file)
  expect(bytes.subarray(0, 4).toString('hex')).toBe('d4c3b2a1')
  expect([bytes.readUInt16LE(4), bytes.readUInt16LE(6), bytes.readUInt32LE(20)]).toEqual([2, 4, 1])
  const frames: string[] = []
  let at = 24
  while (at < bytes.length) {
    const length = bytes.readUInt32LE(at + 8)
    expect(bytes.readUInt32LE(at + 12)).toBe(length)
    frames.push(bytes.subarray(at + 16 + 14, at + 16 + length).toString())
    at += 16 + length
  }
  expect(at).toBe(bytes.length)
  return frames
}

describe('a capture', () => {
  const request = { machine: null, maxBytes: 1_000_000 }

  test('has what the machines send, and for one machine only what it sends and gets', async () => {
    await plugIn('a', 'b', 'c')
    for (const name of ['a', 'b', 'c'] as const) card(name).send(BROADCAST, `I am ${name}`)
    await waitUntil('everyone', () => card('a').taken().includes('I am c'))
    const enough = new AbortController()
    const [all, one] = ['all.pcap', 'one.pcap'].map((name) => join(root, name)) as [string, string]
    const running = [
      captureFrames(files, request, createWriteStream(all), enough.signal),
      captureFrames(files, { ...request, machine: 'a' }, createWriteStream(one), enough.signal),
    ]
    for (const file of [all, one]) await waitUntil('its header', async () => (await sizeOf(file)) === 24)
    await heard('b', MACS.c, 'b to c', ['c'])
    await heard('b', MACS.a, 'b to a', ['a'])
    enough.abort()
    await Promise.all(running)
    expect(await framesIn(all)).toEqual(['b to c', 'b to a'])
    expect(await framesIn(one)).toEqual(['b to a'])
  })

  test('ends by itself before it is larger than asked, with a whole frame', async () => {
    await plugIn('a', 'b')
    const file = join(root, 'full.pcap')
    const sink = createWriteStream(file)
    const done = captureFrames(files, { ...request, maxBytes: 500 }, sink, new AbortController().signal)
    await waitUntil('its header', async () => (await sizeOf(file)) === 24)
    for (let n = 0; n < 50; n++) card('a').send(BROADCAST, `frame ${n}`.padEnd(70))
    await done
    const { size } = await stat(file)
    expect(size).toBeLessThanOrEqual(500)
    expect((await framesIn(file)).map((text) => text.trim())).toEqual([
      'frame 0',
      'frame 1',
      'frame 2',
      'frame 3',
    ])
  })
})

/** A QEMU without a machine: what its card gets comes out at a socket of the test, and the other way round. */
async function qemuCard(name: Name): Promise<{ readonly qemu: ChildProcess; readonly wire: Socket }> {
  const folder = join(files.lab, name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const file of ['net.sock', 'wire.sock']) await rm(join(folder, file), { force: true })
  const stream = (id: string, path: string): string[] => [
    ...['-netdev', `stream,id=${id},server=on,addr.type=unix,addr.path=${path}`],
    ...['-netdev', `hubport,id=h${id},hubid=0,netdev=${id}`],
  ]
  const words = [
    '-M',
    'none',
    '-nodefaults',
    '-display',
    'none',
    ...stream('a', 'net.sock'),
    ...stream('b', 'wire.sock'),
  ]
  const qemu = spawn('qemu-system-x86_64', words, { cwd: folder, stdio: 'ignore' })
  children.push(qemu)
  await waitUntil('its sockets', async () => (await sizeOf(join(folder, 'wire.sock'))) >= 0)
  const wire = connect(join(folder, 'wire.sock'))
  await once(wire, 'connect')
  wire.on('error', () => wire.destroy())
  return { qemu, wire }
}

test('a real QEMU takes a new switch, and a new QEMU the same switch', async () => {
  await plugIn('a')
  let { qemu, wire } = await qemuCard('b')
  const echo = async (payload: string): Promise<void> => {
    const reader = new FrameReader()
    const got: string[] = []
    wire.on('data', (chunk: Buffer) => got.push(...reader.read(chunk).map(payloadOf)))
    await waitUntil(payload, () => {
      card('a').send(BROADCAST, payload)
      wire.write(frameOf(BROADCAST, MACS.b, payload))
      return got.includes(payload) && card('a').taken().includes(payload)
    })
  }
  await echo('first')
  for (const pid of await switches()) process.kill(pid, 'SIGKILL')
  await requireSwitch(files)
  await echo('a new switch')
  qemu.kill('SIGKILL')
  await once(qemu, 'exit')
  ;({ qemu, wire } = await qemuCard('b'))
  await echo('a new QEMU')
})
