import { expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { formsOf, type ReachableLab } from '../../../scripts/ssh-names/forms.js'

const host = { address: '127.0.0.1', user: 'debian', hostKey: 'ssh-ed25519 AAAA' }
const labs: readonly ReachableLab[] = [
  {
    lab: 'my-lab',
    identity: { source: 'generated', file: '/home/an na/100%/id', publicKey: 'ssh-ed25519 AAAA' },
    knownHosts: '/home/an na/100%/known_hosts',
    hosts: [
      { ...host, alias: 'my-lab', machine: 'main', port: 22_001 },
      { ...host, alias: 'my-lab-target', machine: 'target', port: 22_002 },
    ],
  },
  {
    lab: 'web',
    identity: { source: 'file', file: '/k', publicKey: 'ssh-ed25519 AAAA' },
    knownHosts: '/known',
    hosts: [{ ...host, alias: 'web', machine: 'main', port: 22, user: 'root', address: '2001:db8::7' }],
  },
]

test('an Ansible inventory has a group for each lab, whose names no host has, and all that ssh needs', () => {
  const { text, json } = formsOf.ansible(labs)
  expect(parse(text)).toEqual(json)
  expect(json).toEqual({
    all: {
      children: {
        lab_my_lab: {
          hosts: {
            'my-lab': {
              ansible_host: '127.0.0.1',
              ansible_port: 22_001,
              ansible_user: 'debian',
              ansible_ssh_private_key_file: '/home/an na/100%%/id',
              ansible_ssh_common_args: [
                '-o IdentitiesOnly=yes -o ForwardAgent=no -o HostKeyAlias=distrolab-my-lab',
                `-o 'UserKnownHostsFile="/home/an na/100%%/known_hosts"'`,
                '-o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes',
              ].join(' '),
            },
            'my-lab-target': expect.objectContaining({ ansible_port: 22_002 }),
          },
        },
        lab_web: {
          hosts: { web: expect.objectContaining({ ansible_host: '2001:db8::7', ansible_user: 'root' }) },
        },
      },
    },
  })
})

test('a tmt plan has a guest for each machine, with its role, and says how host keys are checked', () => {
  const { text, json } = formsOf.tmt(labs)
  expect(parse(text)).toEqual(json)
  expect(json).toMatchObject({
    provision: [
      {
        name: 'my-lab',
        role: 'main',
        how: 'connect',
        guest: '127.0.0.1',
        port: 22_001,
        user: 'debian',
        key: '/home/an na/100%%/id',
        become: true,
        'ssh-option': ['HostKeyAlias=distrolab-my-lab'],
      },
      { name: 'my-lab-target', role: 'target', port: 22_002 },
      { name: 'web', role: 'main', guest: '2001:db8::7', user: 'root', become: false },
    ],
  })
  expect(text).toContain(
    `# tmt checks the host keys of my-lab only with: TMT_SSH_STRICT_HOST_KEY_CHECKING=yes TMT_SSH_USER_KNOWN_HOSTS_FILE='"/home/an na/100%%/known_hosts"'`,
  )
})

test.each(['ssh', 'ansible', 'tmt'] as const)('without a lab the form %s is still valid', (form) => {
  const { text, json } = formsOf[form]([])
  expect({ text, json }).toEqual(
    {
      ssh: { text: '', json: [] },
      ansible: { text: 'all:\n  children: {}', json: { all: { children: {} } } },
      tmt: { text: 'provision: []', json: { provision: [] } },
    }[form],
  )
})
