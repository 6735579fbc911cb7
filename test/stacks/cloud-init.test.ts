import { expect, test } from '@jest/globals'
import { parse as parseYaml } from 'yaml'
import { buildSeed } from '../../stacks/cloud-init.js'

const input = {
  instanceId: 'distrolab-x-1',
  hostname: 'demo',
  user: 'debian',
  authorizedKeys: ['ssh-ed25519 AAAA anna@laptop', 'ssh-rsa BBBB "quoted": # not a comment'],
  macAddress: '52:54:00:12:34:56',
}
const seed = buildSeed(input)
/** As cloud-init does it. */
const parse = (text: string): unknown => parseYaml(text, { version: '1.1' })

test('the user data is a cloud-config that cloud-init recognises by its first line', () => {
  expect(seed.userData.split('\n')[0]).toBe('#cloud-config')
})

test('the user has exactly our keys, sudo without a password, and no password of its own', () => {
  expect(parse(seed.userData)).toMatchObject({
    users: [
      {
        name: 'debian',
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
        lock_passwd: true,
        ssh_authorized_keys: input.authorizedKeys,
      },
    ],
  })
  expect((parse(seed.userData) as { users: unknown[] }).users).toHaveLength(1)
})

test('nobody logs in with a password, nobody as root, and no password is set anywhere', () => {
  const data = parse(seed.userData) as Record<string, unknown>
  expect(data).toMatchObject({ ssh_pwauth: false, disable_root: true })
  expect(JSON.stringify(seed)).not.toMatch(
    /chpasswd|(?<!lock_)passwd:|plain_text_passwd|hashed_passwd|PRIVATE KEY/,
  )
})

test('only ed25519 host keys are made', () => {
  expect((parse(seed.userData) as { ssh_genkeytypes: unknown }).ssh_genkeytypes).toEqual(['ed25519'])
})

test('the meta data has the id that makes cloud-init run again, and the host name', () => {
  expect(parse(seed.metaData)).toEqual({ 'instance-id': 'distrolab-x-1', 'local-hostname': 'demo' })
})

test('the card is matched by its address and not renamed', () => {
  const network = parse(seed.networkConfig) as { version: number; ethernets: Record<string, object> }
  expect(network.version).toBe(2)
  const [card] = Object.values(network.ethernets)
  expect(card).toMatchObject({ match: { macaddress: '52:54:00:12:34:56' }, dhcp4: true })
  expect(card).not.toHaveProperty('set-name')
})

test('what YAML 1.1 would take for a number or a truth value stays the text it is', () => {
  // Without quotes 41_135_224_024, and the card would match nothing.
  const macAddress = '52:54:00:51:07:04'
  const { networkConfig } = buildSeed({ ...input, macAddress })
  expect(parse(networkConfig)).toMatchObject({ ethernets: { lab: { match: { macaddress: macAddress } } } })
  for (const hostname of ['no', 'on', 'y', '1e3', '0x1'])
    expect(parse(buildSeed({ ...input, hostname }).metaData)).toMatchObject({ 'local-hostname': hostname })
})

test('the same input gives the same bytes', () => {
  expect(buildSeed(input)).toEqual(seed)
})

test('a card in a private network gets its fixed address there, and no route; without one the seed is the same', () => {
  const privateCard = { macAddress: '52:54:00:51:07:05', address: '198.19.77.12/24' }
  const { networkConfig, ...rest } = buildSeed({ ...input, privateCard })
  const { networkConfig: alone, ...same } = buildSeed(input)
  expect(rest).toEqual(same)
  expect(parse(networkConfig)).toEqual({
    version: 2,
    ethernets: {
      ...(parse(alone) as { ethernets: object }).ethernets,
      private: {
        match: { macaddress: '52:54:00:51:07:05' },
        dhcp4: false,
        addresses: ['198.19.77.12/24'],
        optional: true,
      },
    },
  })
  expect(alone).not.toContain('private')
})
