import { Type, type Static } from '@sinclair/typebox'
import type { Words } from './setting-schema.js'

// The forms are those of a record's machines (backend/forms.ts), which this room does not import; a test compares them.

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
const IPV4 = `${OCTET}(?:\\.${OCTET}){3}`
const IPV6 = '(?=[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{2,39}(?:\\.[0-9]{1,3}){0,3}'

const formed = (pattern: string, maxLength: number, words: Words) =>
  Type.String({ pattern: `^(?:${pattern})$`, maxLength, ...words })

/** A machine that exists before a lab and after it, as a user writes it in a profile. */
export const existingMachineSchema = Type.Object(
  {
    address: formed(`${IPV4}|${IPV6}|${LABEL}(?:\\.${LABEL}){0,126}`, 253, {
      title: 'Address',
      description: 'A host name, or an IPv4 or IPv6 address.',
      expected: 'a host name or an IP address, such as rack7.example.org',
      examples: ['rack7.example.org', '192.0.2.7', '2001:db8::7'],
    }),
    user: formed('[a-z_][a-z0-9_-]{0,31}', 32, {
      title: 'User',
      description: 'Who logs in over SSH.',
      expected: 'a login name: 1 to 32 of a-z, 0-9, _ and -',
      examples: ['anna'],
    }),
    port: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        title: 'Port',
        description: 'The port of SSH.',
        expected: 'a port, from 1 to 65535',
        default: 22,
        examples: [2222],
      }),
    ),
    hostKey: Type.Optional(
      formed('(?:ssh-ed25519|ecdsa-sha2-nistp256|ssh-rsa) [A-Za-z0-9+/]+={0,2}', 4096, {
        title: 'Host key',
        description:
          'The public host key of the machine: the first of `ssh-ed25519`, `ecdsa-sha2-nistp256` and `ssh-rsa` that it has, without a comment. Without it, `up` pins the key that the machine shows at first contact.',
        expected:
          'a public host key without a comment, such as the first two words of /etc/ssh/ssh_host_ed25519_key.pub',
        examples: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ9wTr1uYpDqfCsrKbKPJXHvMGJnpcoIIhfZpXrjVn1d'],
      }),
    ),
  },
  { additionalProperties: false },
)

export type ExistingMachine = Static<typeof existingMachineSchema>
