import { beforeEach, describe, expect, test } from '@jest/globals'
import { Forwarding } from '../../../local-vm/network/forwarding.js'
import { BROADCAST, frameOf } from '../../support/local-vm/card.js'

const MACS = { a: '52:54:00:00:00:0a', b: '52:54:00:00:00:0b', c: '52:54:00:00:00:0c' } as const
type Name = keyof typeof MACS
const ports = { a: { name: 'a' }, b: { name: 'b' }, c: { name: 'c' } } as const

let forwarding: Forwarding<{ readonly name: string }>
beforeEach(() => {
  forwarding = new Forwarding()
})

const send = (from: Name, target: string): string[] =>
  forwarding
    .targetsOf(frameOf(target, MACS[from], 'x'), ports[from], Object.values(ports))
    .map(({ name }) => name)

const haveMet = (): void => Object.keys(MACS).forEach((name) => void send(name as Name, BROADCAST))

describe('the switch', () => {
  test('passes a broadcast, a multicast and a frame for an unknown machine to everyone but the sender', () => {
    for (const target of [BROADCAST, '33:33:00:00:00:01', MACS.b])
      expect(send('a', target)).toEqual(['b', 'c'])
  })

  test('passes a frame only to the machine that it is for, once that has sent one', () => {
    haveMet()
    expect(send('a', MACS.b)).toEqual(['b'])
    expect(send('c', MACS.a)).toEqual(['a'])
    expect(send('a', MACS.a)).toEqual([])
  })

  test('separates exactly a broken pair, in both directions and for every kind of frame', () => {
    haveMet()
    forwarding.broken = [['a', 'b']]
    expect([send('a', MACS.b), send('b', MACS.a)]).toEqual([[], []])
    expect([send('a', BROADCAST), send('b', BROADCAST), send('c', BROADCAST)]).toEqual([
      ['c'],
      ['c'],
      ['a', 'b'],
    ])
    expect([send('a', MACS.c), send('c', MACS.b)]).toEqual([['c'], ['b']])
    forwarding.broken = []
    expect(send('a', MACS.b)).toEqual(['b'])
  })

  test('looks for a machine everywhere again after its card was unplugged, and follows an address that moves', () => {
    haveMet()
    forwarding.forget(ports.b)
    expect(send('a', MACS.b)).toEqual(['b', 'c'])
    forwarding.targetsOf(frameOf(BROADCAST, MACS.b, 'x'), ports.c, Object.values(ports))
    expect(send('a', MACS.b)).toEqual(['c'])
  })

  test('does not grow with the addresses that a guest invents', () => {
    for (let n = 0; n < 10_000; n++) {
      const source = `02:00:00:00:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`
      forwarding.targetsOf(frameOf(BROADCAST, source, ''), ports.a, Object.values(ports))
    }
    haveMet()
    expect(send('a', MACS.b)).toEqual(['b'])
  })
})
