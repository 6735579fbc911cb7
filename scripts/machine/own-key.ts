import { join } from 'node:path'
import { readIfPlain } from '../../backend/plain-file.js'
import { LabError } from '../errors.js'
import { ensureFolder, keyFiles, keyFolder, putFile, type Workspace } from '../workspace.js'
import { agentIdentities } from './agent.js'
import { identityFromFile, type Identity } from './key.js'
import { parsePublicKey, publicLine } from './public-key.js'

/** OpenSSH's own names for a user's keys (ssh_config(5), IdentityFile). */
const USUAL_FILES = ['id_ed25519', 'id_ecdsa', 'id_rsa']

export interface OwnKeyOptions {
  /** The user's `~/.ssh`. */
  readonly sshFolder: string
  readonly agentSocket: string | undefined
}

/**
 * A key of this user, from the usual files or the ssh-agent, that is one of `wanted`; undefined if no such
 * key is usable. For an agent's key its public part is put into the lab's key folder.
 */
export async function findOwnKey(
  space: Workspace,
  lab: string,
  wanted: readonly string[],
  options: OwnKeyOptions,
): Promise<Identity | undefined> {
  for (const name of USUAL_FILES) {
    const file = join(options.sshFolder, name)
    const publicKey = parsePublicKey(await readIfThere(`${file}.pub`))
    if (publicKey !== undefined && wanted.includes(publicKey)) {
      const identity = await usable(() => identityFromFile(file, options.agentSocket))
      if (identity !== undefined) return identity
    }
  }
  return keyOfAgent(space, lab, wanted, options.agentSocket)
}

async function keyOfAgent(
  space: Workspace,
  lab: string,
  wanted: readonly string[],
  socket: string | undefined,
): Promise<Identity | undefined> {
  if (socket === undefined) return undefined
  const keys = (await usable(() => agentIdentities(socket))) ?? []
  const publicKey = keys.map(publicLine).find((line) => wanted.includes(line))
  if (publicKey === undefined) return undefined
  const file = join(await ensureFolder(keyFolder(space, lab)), keyFiles.publicKey)
  await putFile(file, `${publicKey}\n`)
  return { source: 'agent', file, publicKey }
}

/**
 * An unusable key that the user did not name (a passphrase, an agent that is gone) does not count; it is not
 * a failure.
 */
async function usable<T>(find: () => Promise<T>): Promise<T | undefined> {
  try {
    return await find()
  } catch (error) {
    if (error instanceof LabError) return undefined
    throw error
  }
}

/** A file that we cannot read is not a key of ours. */
const readIfThere = async (path: string): Promise<string> => (await readIfPlain(path)) ?? ''
