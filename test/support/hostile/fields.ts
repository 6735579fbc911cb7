import { symlink, writeFile } from 'node:fs/promises'
import { generateKeyPair } from '../../../scripts/machine/key-pair.js'
import { withoutComment } from '../../../scripts/machine/public-key.js'
import type { Canaries } from './canaries.js'
import { sinkValues } from './sinks.js'
import type { Attack } from './world.js'

type Path = readonly (string | number)[]

/** Where a record reaches something that would act on it, by the field's place in the document. */
export const sinkFields: Readonly<Record<string, Path>> = {
  '/machines/0/place': ['machines', 0, 'place'],
  '/machines/0/id': ['machines', 0, 'id'],
  '/machines/0/name': ['machines', 0, 'name'],
  '/machines/0/address': ['machines', 0, 'address'],
  '/machines/0/user': ['machines', 0, 'user'],
  '/machines/0/hostKey': ['machines', 0, 'hostKey'],
  '/machines/0/marker': ['machines', 0, 'marker'],
  '/sshKey/path': ['sshKey', 'path'],
  '/sshKey/publicKey': ['sshKey', 'publicKey'],
  '/image/id': ['image', 'id'],
  '/image/source': ['image', 'source'],
  '/owner/user': ['owner', 'user'],
  '/session': ['session'],
  '/profile': ['profile'],
  '/tags/x': ['tags', 'x'],
  '/failure/message': ['failure', 'message'],
  '/size/instanceType': ['size', 'instanceType'],
  '/lab': ['lab'],
  '/provider': ['provider'],
  '/distro': ['distro'],
  '/machines/0/privateAddress': ['machines', 0, 'privateAddress'],
}

/** They hold words for people, or are compared, so that some of the values are values of theirs. */
const FREE = [
  '/machines/0/place',
  '/sshKey/path',
  '/image/id',
  '/image/source',
  '/owner/user',
  '/session',
  '/profile',
  '/tags/x',
  '/failure/message',
]

/** The document with another value there; objects on the way are made where they are missing. */
export function withField(document: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(document))
    return document.map((each: unknown, n) => (n === key ? withField(each, rest, value) : each))
  const found = (document ?? {}) as Record<string, unknown>
  return { ...found, [key]: withField(found[key], rest, value) }
}

/** `says`: what refuses it must say; without it the value is one that the field may have. */
export const fieldAttack = (
  name: string,
  change: (record: Record<string, unknown>, canaries: Canaries) => unknown,
  says?: string,
  isShown = false,
): Attack => ({
  name,
  about: 'lab',
  ...(says === undefined ? {} : { says }),
  ...(isShown ? { isShown } : {}),
  write: (world) =>
    world.edit(world.file('record.json'), (record) => change(record, world.canaries) as typeof record),
})

/** Each field with some of the values, so that all the fields together meet every value more than once. */
export function fieldAttacks(valuesEach: number): readonly Attack[] {
  const kinds = Object.keys(sinkValues({ ran: '', documents: '' } as Canaries))
  return Object.entries(sinkFields).flatMap(([field, path], n) =>
    Array.from({ length: valuesEach }, (_, k) => {
      const kind = kinds[(n * valuesEach + k) % kinds.length] ?? ''
      return fieldAttack(
        `${field}: ${kind}`,
        (record, canaries) => withField(record, path, sinkValues(canaries)[kind]),
        FREE.includes(field) ? undefined : field,
      )
    }),
  )
}

const machine = (name: string, value: (canaries: Canaries) => string): Attack =>
  fieldAttack(
    `another ${name}`,
    (record, canaries) => withField(record, ['machines', 0, name], value(canaries)),
    `machines.main.${name}`,
    true,
  )

/** Values that have the form of their field, and mean something that is not the lab's. */
export const wellFormed: readonly Attack[] = [
  machine('place', ({ documents }) => documents),
  machine('id', () => 'distrolab-somebody-else'),
  machine('address', () => '203.0.113.9'),
  machine('privateAddress', () => '203.0.113.9'),
  machine('hostKey', () => withoutComment(generateKeyPair('x').public)),
  fieldAttack('a key of the user', (record, { secret }) =>
    withField(record, ['sshKey'], { ...(record['sshKey'] as object), source: 'file', path: secret }),
  ),
  fieldAttack('the process of an engine', (record, { victim }) => ({
    ...record,
    engine: { ...victim, startedAt: record['createdAt'] },
  })),
  fieldAttack('the process of a command', (record, { victim }) => ({
    ...record,
    command: {
      name: 'up',
      startedAt: record['createdAt'],
      holder: { ...victim, user: 'x', ciRunUrl: `https://ci.example.org/$(touch$IFS/x)` },
    },
  })),
]

/** As OpenTofu reads it, and `recover` shows it. */
export const forgedLock: Attack = {
  name: 'a lock of OpenTofu with controls of the terminal',
  write: (world) =>
    writeFile(
      world.file('.tofu.tfstate.lock.info'),
      '{"ID":"x\u001b[2J","Operation":"\u202e","Who":"x\nNext:  rm","Created":"\u009b"}',
    ),
}

/** A guard of the store, whose name a writer joins to a path; it counts for who writes, and not for who looks. */
export const forgedGuards: readonly Attack[] = [
  ['a path upwards', (dead: object) => JSON.stringify({ ...dead, id: '/../../../../user/Documents/x' })],
  ['controls of the terminal', (dead: object) => JSON.stringify({ ...dead, host: '\u001b[2J' })],
  ['no JSON', () => 'x'],
].map(([name, target]) => ({
  name: `a guard with ${String(name)}`,
  about: 'lab',
  says: '.guard',
  isShown: true,
  async write(world) {
    const dead = { ...world.canaries.victim, startTime: '1' }
    const text = (target as (dead: object) => string)(dead)
    for (const file of ['record.json', 'lease.json']) await symlink(text, world.file(`.${file}.guard`))
  },
}))

/** A lab that only commands by hand can remove, which name its profile. */
export const forgedProfile: Attack = {
  name: 'a command in the profile of a lab whose state is broken',
  async write(world) {
    await world.edit(world.file('record.json'), (record) => ({
      ...record,
      profile: `x;touch ${world.canaries.ran};`,
    }))
    await writeFile(world.file('tofu.tfstate'), '[]')
  },
}

/** The lease is held by a process of the user that is no distrolab. */
export const forgedLease: Attack = {
  name: "a lease of a process of the user's",
  write: (world) =>
    world.edit(world.file('lease.json'), (lease) => ({
      ...lease,
      holder: { ...world.canaries.victim, user: `$(touch ${world.canaries.ran})` },
      expiresAt: '2199-01-01T00:00:00.000Z',
    })),
}
