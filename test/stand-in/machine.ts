import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { makeGuest, type StandInGuest } from './guest.js'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { generateKeyPair } from '../../scripts/machine/key-pair.js'
import { standInDisk } from '../support/local-vm/stand-in-disk.js'
import { KNOBS_VARIABLE } from './knobs.js'

/** What the stand-in learns about the machine from QEMU's command line and the seed, as a guest would. */
export interface StandInMachine {
  readonly folder: string
  readonly guest: StandInGuest
  readonly port: number
  readonly user: string
  /** Key blobs. */
  readonly authorizedKeys: readonly Buffer[]
  readonly hostKey: string
}

interface UserData {
  readonly users: readonly { readonly name: string; readonly ssh_authorized_keys: readonly string[] }[]
}

export function readMachine(words: readonly string[]): StandInMachine {
  const folder = dirname(valueOf(words, '-pidfile'))
  // A restarted machine has the same home and host key.
  const disk = standInDisk(dirname(process.env[KNOBS_VARIABLE] ?? ''), folder)
  const [user] = readUserData(words).users
  if (user === undefined) throw new Error('the seed names no user')
  return {
    folder,
    guest: makeGuest(disk),
    port: forwardedPort(words),
    user: user.name,
    authorizedKeys: user.ssh_authorized_keys.map((line) => Buffer.from(line.split(' ')[1] ?? '', 'base64')),
    hostKey: hostKeyIn(disk),
  }
}

export const valueOf = (words: readonly string[], option: string): string =>
  words[words.indexOf(option) + 1] ?? ''

export function forwardedPort(words: readonly string[]): number {
  return Number(/hostfwd=tcp:127\.0\.0\.1:(\d+)-/.exec(valueOf(words, '-netdev'))?.[1])
}

/** The folder that QEMU shows the guest as its seed disk. */
function readUserData(words: readonly string[]): UserData {
  const drives = words
    .filter((word) => word.startsWith('{'))
    .map((word) => JSON.parse(word) as { dir?: string })
  const seed = drives.find(({ dir }) => dir !== undefined)?.dir
  if (seed === undefined) throw new Error('there is no seed drive')
  const text = readFileSync(join(seed, 'user-data'), 'utf8')
  if (!text.startsWith('#cloud-config\n')) throw new Error('user-data is no cloud-config')
  return parse(text) as UserData
}

function hostKeyIn(folder: string): string {
  const file = join(folder, 'host-key')
  if (!existsSync(file)) writeFileSync(file, generateKeyPair('stand-in').private)
  return readFileSync(file, 'utf8')
}
