import { expect, test } from '@jest/globals'
import {
  isPrivateAddress,
  labTags,
  macAddress,
  machineId,
  privateAddressAt,
  privateMacAddress,
  sshPortCandidates,
} from '../../stacks/naming.js'

const firstPort = (id: string): number => {
  for (const port of sshPortCandidates(id)) return port
  throw new Error('no port')
}
const ids = Array.from({ length: 200 }, (_, n) => machineId('0a1b2c3d', `lab-${n}`, 'main'))

test('a machine has the same name, address and port whoever asks', () => {
  const id = machineId('0a1b2c3d', 'demo', 'main')
  expect(id).toBe('distrolab-0a1b2c3d-demo-main')
  // Written out: another release must still find the VMs of this one.
  expect(macAddress(id)).toBe('52:54:00:4e:a1:99')
  expect(firstPort(id)).toBe(24_200)
})

test('the same lab of another backend is another machine', () => {
  expect(machineId('ffffffff', 'demo', 'main')).not.toBe(machineId('0a1b2c3d', 'demo', 'main'))
})

test('MAC addresses are valid, locally administered, for one card, and differ', () => {
  const addresses = ids.map(macAddress)
  for (const address of addresses) {
    expect(address).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/)
    expect(parseInt(address.slice(0, 2), 16) & 0b11).toBe(0b10)
  }
  expect(new Set(addresses).size).toBe(ids.length)
})

test('ports stay below those that Linux gives to outgoing connections, and each is offered once', () => {
  const ports = [...sshPortCandidates(ids[0] ?? '')]
  expect(Math.min(...ports)).toBe(20_000)
  expect(Math.max(...ports)).toBe(31_999)
  expect(new Set(ports).size).toBe(ports.length)
  expect(ports).toHaveLength(12_000)
})

test('first choices are spread', () => {
  expect(new Set(ids.map(firstPort)).size).toBeGreaterThan(190)
})

test('everything of a lab carries its name, its backend and which life of it this is', () => {
  const marks = { 'distrolab-lab': 'demo', 'distrolab-backend': '0a1b2c3d4e5f' }
  const [backendId, incarnation] = ['0a1b2c3d4e5f', 'c0ffee123456']
  expect(labTags({ backendId, lab: 'demo', incarnation })).toEqual({
    ...marks,
    'distrolab-incarnation': incarnation,
  })
  expect(labTags({ backendId, lab: 'demo', incarnation: undefined })).toEqual(marks)
})

test('a second card has an address of its own, the same whoever asks', () => {
  const [id = ''] = ids
  expect(privateMacAddress(id)).toBe(privateMacAddress(id))
  expect(new Set([...ids.map(macAddress), ...ids.map(privateMacAddress)]).size).toBe(2 * ids.length)
})

test('private addresses are in a range for tests of networks, and no other address is one', () => {
  expect([0, 1, 239].map(privateAddressAt)).toEqual(['198.19.77.11', '198.19.77.12', '198.19.77.250'])
  expect([0, 1, 239].map(privateAddressAt).every(isPrivateAddress)).toBe(true)
  const others = [
    '198.19.77.1',
    '198.19.77.251',
    '198.19.77.011',
    '198.19.77.11/8',
    '198.18.77.11',
    '10.0.2.15',
    '',
  ]
  expect(others.filter(isPrivateAddress)).toEqual([])
})
