import { join } from 'node:path'
import { readPlainFile, refusalIn } from '../../backend/plain-file.js'
import { LabError } from '../errors.js'
import { ensureFolder, keyFiles, keyFolder, putFile, type Workspace } from '../workspace.js'
import { publicLine, withoutComment } from './public-key.js'

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
  const { generateKeyPair } = await import('./key-pair.js')
  const pair = generateKeyPair('distrolab')
  const file = join(folder, keyFiles.privateKey)
  await putFile(join(folder, keyFiles.publicKey), `${pair.public}\n`)
  await putFile(file, pair.private)
  return { source: 'generated', file, publicKey: withoutComment(pair.public) }
}

/** The identity that a key file gives; writes nothing. Throws as ensureIdentity does. */
export async function identityFromFile(path: string, agentSocket: string | undefined): Promise<Identity> {
  const text = await readOptional(path)
  if (text === undefined) throw new LabError({ code: 'key-unreadable', path, reason: 'no such file' })
  // Loaded when a key is read or made: most commands do neither, and it takes long.
  const { default: ssh2 } = await import('ssh2')
  const parsed = ssh2.utils.parseKey(text)
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

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readPlainFile(path, { links: 'followed' })
  } catch (error) {
    const reason = refusalIn(error) ?? (error as Error).message
    throw new LabError({ code: 'key-unreadable', path, reason }, { cause: error })
  }
}
