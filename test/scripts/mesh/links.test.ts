import { describe, expect, test } from '@jest/globals'
import type { Machine } from '../../../backend/record-schema.js'
import { forms } from '../../../backend/forms.js'
import { mesh } from '../../../distro-catalog/profile-fields-schema.js'
import { hostsOf } from '../../../scripts/mesh/hosts.js'
import { linksOf } from '../../../scripts/mesh/links.js'
import { records } from '../../support/backend/records.js'

const THREE = [{ name: 'a' }, { name: 'b' }, { name: 'c' }]
const textOf = (text: string): string[] => linksOf(text, THREE).map(({ from, to }) => `${from}${to}`)

describe('which machines may log in on which', () => {
  test('is all, none, or the pairs that are named', () => {
    expect(textOf('full')).toEqual(['ab', 'ac', 'ba', 'bc', 'ca', 'cb'])
    expect(textOf('none')).toEqual([])
    expect(textOf('a->b,c->a')).toEqual(['ab', 'ca'])
  })

  test('has the same form in a profile as in a record', () => {
    expect([mesh.pattern, mesh.maxLength]).toEqual([forms.mesh.pattern, forms.mesh.maxLength])
  })
})

describe('the names of machines', () => {
  const { machines } = records.local
  const named = (name: string, privateAddress: string | null): Machine => {
    const [main] = machines
    if (main === undefined) throw new TypeError('a lab has machines')
    return { ...main, name, privateAddress }
  }
  const told = (lab: string, ...those: readonly Machine[]): string[] =>
    hostsOf(lab, those).map(({ address, names }) => `${address} ${names.join(' ')}`)

  test('are those they call themselves by, and the main one is also called by the lab', () => {
    const pair = [named('main', '10.0.0.4'), named('db', '10.0.0.5')]
    expect(told('web', ...pair)).toEqual(['10.0.0.4 main web', '10.0.0.5 db'])
    expect(told('db', ...pair)).toEqual(['10.0.0.4 main', '10.0.0.5 db'])
  })

  test('are unknown where a machine has no address, or only a name', () => {
    expect(told('web', named('a', null), named('b', 'b.example.org'), named('c', 'fd00::7'))).toEqual([
      'fd00::7 c',
    ])
  })
})
