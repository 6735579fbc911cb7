import { readdir, unlink } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { withGuard } from '../../backend/guard.js'
import { readIfPlain } from '../../backend/plain-file.js'
import { isErrno } from '../../backend/system-error.js'
import type { Identity } from '../machine/key.js'
import { knownHostsFile, sshConfigBlock, type SshHost } from '../machine/ssh-config.js'
import { ensureFolder, NAMES_END, namesFile, namesFolder, putFile, type Workspace } from '../workspace.js'
import { readUserConfig, type Mention } from './user-hosts.js'

/** The user's own configuration, as ssh(1) reads it. */
export const userConfigFile = (): string => join(homedir(), '.ssh', 'config')

/** A name that means something else already. */
export interface TakenName {
  readonly alias: string
  readonly by: Mention
}

/** Another command holds the guard only while it writes one small file. */
const GUARD_MS = 30_000

/**
 * Writes a lab's file of names: a block for each machine whose host key is pinned, without the names that
 * mean something else already.
 */
export async function writeNames(
  space: Workspace,
  lab: string,
  hosts: readonly SshHost[],
  identity: Identity,
  userConfig = userConfigFile(),
): Promise<void> {
  const folder = await ensureFolder(namesFolder(space))
  // Of two labs that want one name, one must see the other's file.
  await withGuard(join(folder, 'guard'), { timeoutMs: GUARD_MS }, async () => {
    const pinned = hosts.filter(({ hostKey }) => hostKey !== null)
    const taken = await takenNames(
      space,
      lab,
      pinned.map(({ alias }) => alias),
      userConfig,
    )
    const named = pinned.filter(({ alias }) => !taken.some((other) => other.alias === alias))
    if (named.length === 0) return removeNames(space, lab)
    const blocks = named.map((host) => sshConfigBlock(host, identity, knownHostsFile(space, lab)))
    await putFile(namesFile(space, lab), blocks.join('\n'))
  })
}

export async function removeNames(space: Workspace, lab: string): Promise<void> {
  await unlink(namesFile(space, lab)).catch((error: unknown) => {
    if (!isErrno(error, 'ENOENT')) throw error
  })
}

/** Which of a lab's names the user's own configuration, or another lab, has already. */
export async function takenNames(
  space: Workspace,
  lab: string,
  aliases: readonly string[],
  userConfig = userConfigFile(),
): Promise<readonly TakenName[]> {
  const { hosts } = await readUserConfig(userConfig, namesFolder(space))
  const others = await namesOfOthers(space, lab)
  return aliases.flatMap((alias) => {
    const by = hosts.get(alias) ?? others.get(alias)
    return by === undefined ? [] : [{ alias, by }]
  })
}

async function namesOfOthers(space: Workspace, lab: string): Promise<ReadonlyMap<string, Mention>> {
  const own = namesFile(space, lab)
  const files = (await nameFilesIn(namesFolder(space))).filter((file) => file !== own)
  const mentions = await Promise.all(
    files.map(async (file) => {
      const lines = ((await readIfPlain(file)) ?? '').split('\n')
      return lines.flatMap((line, at) => {
        const [, alias] = /^Host (\S+)$/.exec(line) ?? []
        return alias === undefined ? [] : [[alias, { file, line: at + 1 }] as const]
      })
    }),
  )
  return new Map(mentions.flat())
}

async function nameFilesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(unlessMissing)
  return names.filter((name) => name.endsWith(NAMES_END)).map((name) => join(folder, name))
}

/** The labs of this backend that have a file of names. */
export async function namedLabs(space: Workspace): Promise<readonly string[]> {
  const names = await readdir(namesFolder(space)).catch(unlessMissing)
  const start = `${space.backendId}-`
  return names.flatMap((name) =>
    name.startsWith(start) && name.endsWith(NAMES_END) ? [name.slice(start.length, -NAMES_END.length)] : [],
  )
}

function unlessMissing(error: unknown): string[] {
  if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return []
  throw error
}
