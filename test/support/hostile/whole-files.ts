import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { linesOf, readers, type Line } from './commands.js'
import type { Attack, World } from './world.js'

const runFile = promisify(execFile)
const MIB = 1024 * 1024
const DEEP = 100_000

/** `kept`: where the document itself was moved. */
type Put = (path: string, world: World, kept: string) => Promise<unknown>
const text =
  (body: string): Put =>
  (path) =>
    writeFile(path, body)

/** What can be in the place of a document. */
const instead: Readonly<Record<string, Put>> = {
  'a link to its copy': (path, _world, kept) => symlink(kept, path),
  "a link to a file of the user's": (path, { canaries }) => symlink(canaries.secret, path),
  "a link to a folder of the user's": (path, { canaries }) => symlink(canaries.documents, path),
  'a pipe': (path) => runFile('mkfifo', [path]),
  'a folder': (path) => mkdir(path),
  '64 MiB of nothing': async (path) => {
    await writeFile(path, '')
    await truncate(path, 64 * MIB)
  },
  'half of a document': text('{"lab": "bad", "sta'),
  null: text('null'),
  'a list': text('[{}]'),
  'lists in lists': text('['.repeat(DEEP) + ']'.repeat(DEEP)),
  'objects in objects': text('{"a":'.repeat(DEEP) + '1' + '}'.repeat(DEEP)),
  'a name that all objects have': text('{"__proto__": {"state": "ready"}, "constructor": 1}'),
  'controls of the terminal': text('\u001b[2J\u009b31m\u202e'),
}
/** How a record's place is told where what is there decides. */
const words: Readonly<Record<string, string>> = {
  'a link to its copy': 'a symbolic link',
  'a pipe': 'a pipe, socket or device',
  'a folder': 'a folder',
  '64 MiB of nothing': 'far too large',
}

/** Only root may make one. */
const device: Readonly<Record<string, Put>> =
  process.getuid?.() === 0 ? { 'a device': (path) => runFile('mknod', [path, 'c', '1', '3']) } : {}

interface Place {
  /** As messages name it. */
  readonly says?: string
  readonly about?: Line['about']
  readonly isForAll?: boolean
  readonly isShown?: boolean
  readonly path: (world: World) => string | Promise<string>
  readonly lines: readonly Line[]
}

/** Each kind of document, with the commands that read it. Of the record all do. */
const places: Readonly<Record<string, Place>> = {
  'a record': {
    path: (world) => world.file('record.json'),
    lines: readers,
    about: 'lab',
    says: 'record.json',
  },
  "a lab's folder": {
    path: (world) => join(world.labs, 'bad'),
    lines: linesOf('list', 'status', 'exec', 'down', 'reap', 'recover'),
    about: 'lab',
    says: 'labs/bad',
  },
  'a lease': {
    path: (world) => world.file('lease.json'),
    lines: linesOf('status', 'lock status', 'lock break', 'exec', 'down'),
  },
  'an event': {
    path: async (world) => {
      const [first = ''] = (await readdir(world.file('events'))).sort()
      return world.file(join('events', first))
    },
    lines: linesOf('history', 'status', 'exec'),
  },
  'a state': { path: (world) => world.file('tofu.tfstate'), lines: linesOf('recover', 'plan', 'down') },
  'an identity': {
    path: ({ box }) => join(box.home, 'backend.json'),
    lines: linesOf('backend show', 'status', 'exec', 'up', 'down', 'reap'),
    says: 'backend.json',
    about: 'lab',
    isShown: true,
    isForAll: true,
  },
  "an image's record": {
    path: (world) => world.putImage(''),
    lines: linesOf('images', 'reap'),
    about: 'image',
    says: 'record.json',
  },
}

export const wholeFiles: readonly (readonly [
  place: string,
  attacks: readonly (Attack & { lines: readonly Line[] })[],
])[] = Object.entries(places).map(([place, { path, ...rest }]) => [
  place,
  Object.entries({ ...instead, ...device })
    // An empty folder is a lab that was never made.
    .filter(([name]) => !(place === "a lab's folder" && name === 'a folder'))
    .map(([name, put]) => ({
      ...rest,
      ...(place === 'a record' && words[name] !== undefined ? { says: words[name] } : {}),
      name,
      async write(world) {
        const kept = join(world.box.root, 'kept')
        await rm(kept, { force: true, recursive: true })
        const file = await path(world)
        await rename(file, kept)
        await put(file, world, kept)
      },
    })),
])

/** Bodies that differ from a good one in a way that only JSON allows. */
export const oddRecords: Readonly<
  Record<string, { readonly change: (body: string) => string; readonly says?: string }>
> = {
  'a field twice': {
    change: (body) => body.replace('"state":', '"state": "\u202e", "state": "paused", "state":'),
  },
  'a number beyond all': {
    change: (body) => body.replace(/"costPerHourUsd": *[^,]*/, '"costPerHourUsd": 1e400'),
    says: '/costPerHourUsd',
  },
  'a time beyond all': {
    change: (body) => body.replace(/"expiresAt": *"[^"]*"/, '"expiresAt": "+999999-01-01T00:00:00.000Z"'),
    says: '/expiresAt',
  },
  'a number of a process group': {
    change: (body) => body.replace(/"engine": *null/, '"engine": {"pid": -1}'),
    says: '/engine',
  },
}

export const oddRecord = (name: string): Attack => {
  const { change, says } = oddRecords[name] ?? { change: (body: string) => body }
  return {
    name,
    ...(says === undefined ? {} : { says }),
    about: 'lab',
    async write(world) {
      const file = world.file('record.json')
      const body = await readFile(file, 'utf8')
      await writeFile(file, change(body))
    },
  }
}
