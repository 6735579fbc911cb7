import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, expect, jest, test } from '@jest/globals'
import type { LabRecord } from '../../../backend/record-schema.js'
import { waitUntil } from '../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { LAB } from '../../support/labs/stages.js'
import { BROADCAST, Card } from '../../support/local-vm/card.js'

jest.setTimeout(180_000)
const makeSandbox = useSandboxes()
const cards: Card[] = []
afterEach(async () => {
  for (const card of cards.splice(0)) await card.unplug()
})

/** The machines of a lab with a private network. */
function twoOf({ machines: [main] }: LabRecord): LabRecord['machines'] {
  if (main?.place === undefined || main.port === null) throw new TypeError('a local lab has a main machine')
  const target = {
    ...main,
    name: 'target',
    id: main.id.replace(/main$/, 'target'),
    port: main.port === 20_000 ? 20_001 : main.port - 1,
    place: join(main.place, '..', 'target'),
    hostKey: null,
    marker: null,
    image: null,
  }
  return [
    { ...main, privateAddress: '198.19.77.11' },
    { ...target, privateAddress: '198.19.77.12' },
  ]
}

const switches = (box: Sandbox): number[] =>
  box
    .processes()
    .filter(({ words }) => words.some((word) => word.endsWith('/bundle/switch.js')))
    .map(({ pid }) => pid)

async function plugIn(box: Sandbox): Promise<[Card, Card]> {
  const [main] = (await box.record(LAB)).machines
  const lab = dirname(main?.place ?? '')
  const both: [Card, Card] = [
    await Card.plugIn(lab, 'main', '52:54:00:00:00:0a'),
    await Card.plugIn(lab, 'target', '52:54:00:00:00:0b'),
  ]
  cards.push(...both)
  return both
}

async function told(box: Sandbox): Promise<string> {
  return (await box.ok('history', LAB)).stdout
}

test('the private network of a lab is broken, healed, captured, reset and removed with it', async () => {
  const box = await makeSandbox()
  await box.up('--profile', LAB)
  const refused = await box.run(['net', 'break', LAB, 'main', 'target'])
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('has no private network')])
  expect(switches(box)).toEqual([])

  await box.editRecord(LAB, { machines: twoOf(await box.record(LAB)) })
  await box.up(LAB)
  const [main, target] = await plugIn(box)

  const broken = await box.ok('net', 'break', LAB, 'target', 'main', '-o', 'json')
  expect(broken.json()).toEqual({ lab: LAB, pair: ['main', 'target'], broken: [['main', 'target']] })
  expect(await told(box)).toContain('separated main and target')
  await waitUntil('both cards', () => main.isConnected && target.isConnected)
  main.send(BROADCAST, 'lost')

  for (const pid of switches(box)) await box.kill(pid)
  await box.ok('list')
  await waitUntil('another switch', () => main.isConnected && target.isConnected)
  expect(switches(box)).toHaveLength(1)
  main.send(BROADCAST, 'lost again')

  const file = join(box.root, 'lab.pcap')
  const capture = box.start(['net', 'capture', LAB, '--out', file, '--max-size', '1KiB', '-o', 'json'])
  await waitUntil('its header', async () => (await readFile(file).catch(() => '')).length > 0)
  await box.ok('net', 'heal', '--name', LAB)
  for (let n = 0; n < 100; n++) main.send(BROADCAST, `frame ${n}`)
  const captured = await capture.done
  expect([captured.code, captured.json()]).toMatchObject([0, { machine: null, file, ended: 'size' }])
  expect((await readFile(file)).includes('frame 0')).toBe(true)
  expect(target.taken().slice(0, 2)).toEqual(['frame 0', 'frame 1'])

  await box.ok('net', 'break', LAB, 'main', 'target')
  await box.ok('reset', LAB)
  const history = await told(box)
  expect(history.match(/connected main and target again/g)).toHaveLength(2)
  expect(history).toContain('began a capture of all machines')
  expect((await box.ok('net', 'heal', LAB, '-o', 'json')).json()).toEqual({
    lab: LAB,
    healed: [],
    broken: [],
  })

  await box.ok('down', LAB)
  expect(switches(box)).toEqual([])
  expect(await box.traces()).toEqual([])
})

test('what cannot be broken or captured is refused before anything is touched', async () => {
  const box = await makeSandbox()
  await box.up('--profile', LAB)
  await box.editRecord(LAB, { machines: twoOf(await box.record(LAB)) })
  const cases: readonly (readonly [words: readonly string[], code: number, text: string])[] = [
    [['break', LAB, 'main', 'main'], 2, 'Name two machines'],
    [['break', LAB, 'main'], 2, 'only "main"'],
    [['break', LAB, 'main', 'other'], 3, 'no machine "other"'],
    [['heal', LAB, 'main', 'target', '--name', LAB], 2, 'Name the lab once'],
    [['capture', LAB], 2, '--out'],
    [['capture', LAB, '--out', 'x', '--max-size', 'big'], 2, '--max-size: expected a size'],
    [['capture', LAB, '--out', box.root], 1, 'EISDIR'],
  ]
  for (const [words, code, text] of cases) {
    const run = await box.run(['net', ...words])
    expect([words, run.code, run.stderr]).toEqual([words, code, expect.stringContaining(text)])
  }
  expect(await told(box)).not.toMatch(/separated/)
})
