import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { ParsedKey } from 'ssh2'
import { LabError } from '../errors.js'
import { ensureFolder, keyFiles, keyFolder, putFile, type Workspace } from '../workspace.js'

/** Loaded when a key is read or made, at once and not by a promise: most commands do neither, and it takes long. */
const ssh2 = (): typeof import('ssh2') => createRequire(import.meta.url)('ssh2') as typeof import('ssh2')

/** How this computer proves to a lab's machines who it is. Never holds private material itself. */
export interface Identity {
  readonly source: 'generated' | 'file' | 'agent'
  /** What `ssh -i` is given: a private key file, or the public part of a key that the agent holds. */
  readonly file: string
  /** One line in authorized_keys form, without comment. */
  readonly publicKey: string
}

/**
 * The lab's key on this computer: the one `--ssh-key` names, the one chosen before, else a new ed25519 pair.
 * Throws key-unreadable, key-passphrase (a protected file the agent does not hold) or key-not-in-agent.
 */
export async function ensureIdentity(space: Workspace, lab: string, options: KeyOptions): Promise<Identity> {
  const folder = await ensureFolder(keyFolder(space, lab))
  const chosen =
    options.sshKey !== undefined
      ? await identityFromFile(options.sshKey, options.agentSocket)
      : ((await readIdentity(space, lab)) ?? (await generateIdentity(folder)))
  await rememberIdentity(space, lab, chosen)
  return chosen
}

/** The next command for this lab needs no `--ssh-key`. */
export async function rememberIdentity(space: Workspace, lab: string, identity: Identity): Promise<void> {
  const folder = await ensureFolder(keyFolder(space, lab))
  await putFile(join(folder, keyFiles.identity), JSON.stringify(identity))
}

export interface KeyOptions {
  readonly sshKey?: string | undefined
  readonly agentSocket?: string | undefined
}

export async function readIdentity(space: Workspace, lab: string): Promise<Identity | undefined> {
  const text = await readOptional(join(keyFolder(space, lab), keyFiles.identity))
  return text === undefined ? undefined : (JSON.parse(text) as Identity)
}

async function generateIdentity(folder: string): Promise<Identity> {
  const pair = generateKeyPair('distrolab')
  const file = join(folder, keyFiles.privateKey)
  await putFile(join(folder, keyFiles.publicKey), `${pair.public}\n`)
  await putFile(file, pair.private)
  return { source: 'generated', file, publicKey: withoutComment(pair.public) }
}

/**
 * A new ed25519 pair in OpenSSH's format. ssh2 1.17 writes one in about 250 malformed (measured: 13 of 3000, where a
 * leading zero byte is lost), so only a pair that reads back is taken.
 */
export function generateKeyPair(comment: string): { readonly private: string; readonly public: string } {
  const { utils } = ssh2()
  for (;;) {
    const pair = utils.generateKeyPairSync('ed25519', { comment })
    const read = utils.parseKey(pair.private)
    if (!(read instanceof Error) && publicLine(read) === withoutComment(pair.public)) return pair
  }
}

/** The identity that a key file gives; writes nothing. Throws as ensureIdentity does. */
export async function identityFromFile(path: string, agentSocket: string | undefined): Promise<Identity> {
  const text = await readOptional(path)
  if (text === undefined)
    throw new LabError({ code: 'key-unreadable', path, reason: 'there is no such file' })
  const parsed = ssh2().utils.parseKey(text)
  if (parsed instanceof Error) return identityOfProtectedFile(path, parsed, agentSocket)
  const publicKey = publicLine(parsed)
  if (parsed.isPrivateKey()) return { source: 'file', file: path, publicKey }
  if (!(await agentHolds(publicKey, agentSocket))) {
    throw new LabError({ code: 'key-not-in-agent', path, agent: agentSocket !== undefined })
  }
  return { source: 'agent', file: path, publicKey }
}

/** A passphrase can't be asked for without a terminal, so only an agent that holds the key makes it usable. */
async function identityOfProtectedFile(
  path: string,
  problem: Error,
  agentSocket: string | undefined,
): Promise<Identity> {
  if (!/passphrase/i.test(problem.message)) {
    throw new LabError({ code: 'key-unreadable', path, reason: problem.message })
  }
  const publicText = await readOptional(`${path}.pub`)
  const publicKey = publicText === undefined ? undefined : withoutComment(publicText)
  if (publicKey === undefined || !(await agentHolds(publicKey, agentSocket))) {
    throw new LabError({ code: 'key-passphrase', path, agent: agentSocket !== undefined })
  }
  return { source: 'agent', file: `${path}.pub`, publicKey }
}

async function agentHolds(publicKey: string, agentSocket: string | undefined): Promise<boolean> {
  if (agentSocket === undefined) return false
  const { agentIdentities } = await import('./agent.js')
  return (await agentIdentities(agentSocket)).some((key) => publicLine(key) === publicKey)
}

export const publicLine = (key: ParsedKey): string => `${key.type} ${key.getPublicSSH().toString('base64')}`

const withoutComment = (line: string): string => line.trim().split(/\s+/).slice(0, 2).join(' ')

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new LabError({ code: 'key-unreadable', path, reason: message }, { cause: error })
  }
}
