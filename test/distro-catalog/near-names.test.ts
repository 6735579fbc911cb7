import { describe, expect, test } from '@jest/globals'
import { nearNames } from '../../distro-catalog/near-names.js'

const verbs = ['up', 'down', 'status', 'list', 'ssh', 'exec', 'images', 'synth', 'history', 'lock', 'doctor']

describe('nearNames', () => {
  test.each([
    ['statsu', 'status'],
    ['stat', 'status'],
    ['donw', 'down'],
    ['DOCTER', 'doctor'],
    ['shh', 'ssh'],
  ])('takes %s for %s', (given, meant) => {
    expect(nearNames(given, verbs)[0]).toBe(meant)
  })

  test('suggests nothing for a word that is like none', () => {
    expect(nearNames('kubernetes', verbs)).toEqual([])
    expect(nearNames('', verbs)).toEqual([])
    expect(nearNames('x', ['a', 'b'])).toEqual([])
  })

  test('gives at most three, best first, each once', () => {
    const candidates = ['fedora-41', 'fedora-42', 'fedora-43', 'fedora-44', 'fedora-44', 'fedroa-44']
    expect(nearNames('fedora-44', candidates)).toEqual(['fedora-44', 'fedora-41', 'fedora-42'])
  })
})
