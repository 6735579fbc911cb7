import { describe, expect, test } from '@jest/globals'
import * as aws from '../../stacks/aws/names.js'
import * as azure from '../../stacks/azure/names.js'
import * as google from '../../stacks/google/names.js'
import { fitName, labId, machineId } from '../../stacks/naming.js'

const backend = '0a1b2c3d'
/** Lab names have at most 40 characters; machine names are not bounded here. */
const longestLab = `l${'a'.repeat(38)}z`
const labs = ['a', 'demo', 'ubuntu-26-04-google', longestLab, `a${'-'.repeat(38)}b`]
const machines = ['main', 'm', 'target', 'x'.repeat(60), `y${'-'.repeat(60)}z`]
const bases = labs.flatMap((lab) => [
  { lab: labId(backend, lab), machine: machineId(backend, lab, 'main') },
  ...machines.map((machine) => ({ lab: labId(backend, lab), machine: machineId(backend, lab, machine) })),
])

/** Every name a lab gives out on a provider, with the rule that it must meet. */
const given: readonly [string, RegExp, (base: (typeof bases)[number]) => string[]][] = [
  ['an aws key pair or group', /^(?!sg-)[a-z][a-z0-9-]{0,254}$/, ({ lab }) => [aws.labName(lab)]],
  ['an aws Name tag', /^[a-z][a-z0-9-]{0,255}$/, ({ machine }) => [aws.machineName(machine)]],
  [
    'a google resource or tag',
    /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
    ({ lab, machine }) => [
      ...[google.labName(lab), google.machineName(machine)],
      ...[google.ruleName(lab, 'ssh'), google.ruleName(lab, 'deny')],
    ],
  ],
  ['an azure group', /^[a-z0-9]([-a-z0-9]{0,88}[a-z0-9])?$/, ({ lab }) => [azure.groupName(lab)]],
  ['an azure machine', /^[a-z0-9]([-a-z0-9]{0,62}[a-z0-9])?$/, ({ machine }) => [azure.machineName(machine)]],
  [
    'a part of an azure machine',
    /^[a-z0-9]([-a-z0-9]{0,78}[a-z0-9])?$/,
    ({ lab, machine }) => [azure.partName(machine, 'disk'), azure.partName(lab, 'network')],
  ],
]

test.each(given)('the name of %s keeps the provider’s rule at every length', (_what, rule, namesOf) => {
  for (const name of bases.flatMap(namesOf)) expect(name).toMatch(rule)
})

test('the longest lab name fits Google’s 63 characters only when it is cut, and stays its own', () => {
  const whole = machineId(backend, longestLab, 'main')
  expect(whole).toHaveLength(64)
  const cut = google.machineName(whole)
  expect(cut).toHaveLength(63)
  // Written out: another release must still find the machines of this one.
  expect(cut).toBe(`distrolab-0a1b2c3d-l${'a'.repeat(34)}-9a44d8a7`)
  expect(google.machineName(machineId(backend, `${longestLab.slice(0, -1)}y`, 'main'))).not.toBe(cut)
})

describe('fitName', () => {
  test('leaves what fits as it is, to the last character', () => {
    expect(fitName('a'.repeat(20), 20)).toBe('a'.repeat(20))
  })

  test('cuts what does not to the limit, with a hash of the whole', () => {
    const [one, two] = [fitName(`${'a'.repeat(20)}b`, 20), fitName(`${'a'.repeat(20)}c`, 20)]
    expect(one).toMatch(/^a{11}-[0-9a-f]{8}$/)
    expect(one).not.toBe(two)
    expect(fitName(`${'a'.repeat(20)}b`, 20)).toBe(one)
  })

  test('leaves no two dashes where it cuts', () => {
    expect(fitName('abcdefghij-----klmnopq', 20)).toMatch(/^abcdefghij-[0-9a-f]{8}$/)
  })
})

test('a label on Google is in the letters it takes, at most 63', () => {
  expect(google.labelValue('2026-11-21T14:00:00.000Z')).toBe('2026-11-21t14-00-00-000z')
  expect(google.labelValue('X'.repeat(70))).toBe('x'.repeat(63))
})
