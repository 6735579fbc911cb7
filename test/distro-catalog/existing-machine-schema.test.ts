import { describe, expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { forms } from '../../backend/forms.js'
import { existingMachineSchema } from '../../distro-catalog/existing-machine-schema.js'
import { machinesProblems } from '../../distro-catalog/machines-rule.js'
import { parseConfig } from '../../scripts/config-parse.js'

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ9wTr1uYpDqfCsrKbKPJXHvMGJnpcoIIhfZpXrjVn1d'
const rack = { address: 'rack7.example.org', user: 'anna' }
const accepts = new Ajv({ strict: false }).compile(existingMachineSchema)

test.each([
  ['address', 'address'],
  ['user', 'login'],
  ['hostKey', 'hostKey'],
] as const)('%s has the form that a record demands', (field, form) => {
  const { pattern, maxLength } = existingMachineSchema.properties[field]
  expect({ pattern, maxLength }).toEqual({ pattern: forms[form].pattern, maxLength: forms[form].maxLength })
})

test.each([
  rack,
  { ...rack, address: '192.0.2.7', port: 2222 },
  { ...rack, address: '2001:db8::7', hostKey: KEY },
])('accepts %j', (machine) => expect(accepts(machine)).toBe(true))

test.each([
  { address: 'rack7' },
  { ...rack, address: '' },
  { ...rack, address: '-oProxyCommand=touch /tmp/x' },
  { ...rack, address: 'rack7\n  ProxyCommand touch /tmp/x' },
  { ...rack, address: 'rack7 %h' },
  { ...rack, address: '$(reboot)' },
  { ...rack, address: 'anna@rack7' },
  { ...rack, address: 'fe80::1%eth0' },
  { ...rack, user: 'anna;id' },
  { ...rack, user: '-lroot' },
  { ...rack, user: 'an na' },
  { ...rack, port: 0 },
  { ...rack, port: 65_536 },
  { ...rack, port: '22' },
  { ...rack, hostKey: `${KEY} root@rack7` },
  { ...rack, hostKey: `${KEY}\n${KEY}` },
  { ...rack, hostKey: 'ssh-dss AAAA' },
  { ...rack, password: 'secret' },
])('refuses %j', (machine) => expect(accepts(machine)).toBe(false))

test.each([
  [{ provider: 'static', machines: [rack] }, []],
  [{ provider: 'static' }, ['machines']],
  [{ provider: 'static', machines: [{ user: 'anna' }] }, ['machines.0.address']],
  [{ provider: 'static', machines: [rack, rack] }, ['machines.0.name', 'machines.1.name']],
  [
    {
      provider: 'static',
      machines: [
        { ...rack, name: 'a' },
        { ...rack, name: 'b' },
      ],
    },
    [],
  ],
  [{ provider: 'static', machines: [{ ...rack, disk: 40 }] }, ['machines.0.disk']],
  [{ provider: 'aws', machines: [{ name: 'a' }, { name: 'b', distro: 'rocky' }] }, []],
  [{ provider: 'aws', machines: [{ name: 'a' }, { distro: 'rocky' }] }, ['machines.1.name']],
  [{ provider: 'aws', machines: [{ name: 'a' }, { name: 'a' }] }, ['machines.1.name']],
  [{ provider: 'aws', machines: [{ name: 'a', ...rack }] }, ['machines.0.address', 'machines.0.user']],
  [{ provider: 'local' }, []],
] as const)('the machines of %j have mistakes in %j', (profile, fields) =>
  expect(machinesProblems(profile).map(({ field }) => field)).toEqual(fields),
)

describe('a configuration', () => {
  const fieldsOf = (profile: string): string[] =>
    parseConfig('/f.yaml', `profiles:\n  rack: ${profile}\n`).problems.map(({ field }) => field)
  const MACHINE = '{address: rack7, user: anna}'

  test.each([
    [`{distro: debian, provider: static, machines: [${MACHINE}]}`, []],
    ['{distro: debian, provider: static}', ['profiles.rack.machines']],
    [
      `{distro: debian, provider: aws, machines: [${MACHINE}]}`,
      ['profiles.rack.machines.0.name', 'profiles.rack.machines.0.address', 'profiles.rack.machines.0.user'],
    ],
    ['{distro: debian, provider: aws, machines: [{name: a b}]}', ['profiles.rack.machines.0.name']],
    ['{distro: debian, provider: aws, machines: [{name: a, size: lab}]}', []],
    ['{distro: debian, provider: static, machines: []}', ['profiles.rack.machines']],
    [
      `{distro: debian, provider: static, machines: [${MACHINE}, ${MACHINE}]}`,
      ['profiles.rack.machines.0.name', 'profiles.rack.machines.1.name'],
    ],
    [
      '{distro: debian, provider: static, machines: [{address: "a b", user: anna}]}',
      ['profiles.rack.machines.0.address'],
    ],
  ])('with %s has mistakes in %j', (profile, fields) => expect(fieldsOf(profile)).toEqual(fields))
})
