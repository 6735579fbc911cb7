import { stringify } from 'yaml'
import { quoteForShell } from '../machine/shell.js'
import {
  hostKeyAlias,
  quoteForConfig,
  sshConfigBlock,
  trustSettings,
  type SshHost,
} from '../machine/ssh-config.js'
import type { Identity } from '../machine/key.js'

/** A lab with the machines whose host keys are known. */
export interface ReachableLab {
  readonly lab: string
  readonly identity: Identity
  readonly knownHosts: string
  readonly hosts: readonly (SshHost & { readonly machine: string })[]
}

export type Form = 'ssh' | 'ansible' | 'tmt'

interface Written {
  readonly text: string
  readonly json: unknown
}

export const formsOf: Readonly<Record<Form, (labs: readonly ReachableLab[]) => Written>> = {
  ssh: (labs) => ({
    text: labs
      .flatMap(({ hosts, identity, knownHosts }) =>
        hosts.map((host) => sshConfigBlock(host, identity, knownHosts)),
      )
      .join('\n'),
    json: labs.map(({ lab, hosts, identity, knownHosts }) => ({
      lab,
      identityFile: identity.file,
      knownHosts,
      hosts,
    })),
  }),
  ansible: (labs) => inYaml(inventoryOf(labs)),
  tmt: (labs) => inYaml({ provision: labs.flatMap(guestsOf) }, labs.map(strictnessOf).join('')),
}

const inYaml = (json: unknown, comment = ''): Written => ({
  // A folded value is one value, but people copy lines.
  text: `${comment}${stringify(json, { lineWidth: 0 })}`.trimEnd(),
  json,
})

/** Ansible warns of a group that is not an identifier, and of one that is called like a host. */
const groupOf = (lab: string): string => `lab_${lab.replaceAll('-', '_')}`

const inventoryOf = (labs: readonly ReachableLab[]): object => ({
  all: {
    children: Object.fromEntries(
      labs.map(({ lab, identity, knownHosts, hosts }) => [
        groupOf(lab),
        {
          hosts: Object.fromEntries(
            hosts.map((host) => [
              host.alias,
              {
                ansible_host: host.address,
                ansible_port: host.port,
                ansible_user: host.user,
                ansible_ssh_private_key_file: escaped(identity.file),
                ansible_ssh_common_args: optionsOf(host, knownHosts),
              },
            ]),
          ),
        },
      ]),
    ),
  },
})

/** As ssh reads a path in an option. */
const escaped = (path: string): string => path.replaceAll('%', '%%')

const optionsOf = (host: SshHost, knownHosts: string): string =>
  trustSettings(host, knownHosts)
    .map(([name, value]) => `-o ${quoteForShell(`${name}=${value}`)}`)
    .join(' ')

const guestsOf = ({ identity, hosts }: ReachableLab): object[] =>
  hosts.map(({ alias, machine, address, port, user }) => ({
    name: alias,
    role: machine,
    how: 'connect',
    guest: address,
    port,
    user,
    key: escaped(identity.file),
    become: user !== 'root',
    'ssh-option': [`HostKeyAlias=${hostKeyAlias(alias)}`],
  }))

/** tmt switches the check of host keys off before it reads a plan; only its environment says otherwise. */
const strictnessOf = ({ lab, knownHosts }: ReachableLab): string =>
  `# tmt checks the host keys of ${lab} only with: TMT_SSH_STRICT_HOST_KEY_CHECKING=yes TMT_SSH_USER_KNOWN_HOSTS_FILE=${quoteForShell(quoteForConfig(knownHosts))}\n`
