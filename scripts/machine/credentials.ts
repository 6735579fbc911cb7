import type { Config } from 'node-ssh'
import ssh2 from 'ssh2'
import { readPlainFile, refusalIn } from '../../backend/plain-file.js'
import { LabError } from '../errors.js'
import { agentWithOneKey } from './agent.js'
import type { Identity } from './key.js'

export type Credentials = Pick<Config, 'privateKey' | 'agent'>

interface Login {
  readonly identity: Identity
  readonly agentSocket: string | undefined
}

/** What a login proves itself with. Throws LabError key-unreadable or key-not-in-agent. */
export async function credentialsOf({ identity, agentSocket }: Login): Promise<Credentials> {
  if (identity.source !== 'agent') return { privateKey: await readKey(identity.file) }
  if (agentSocket === undefined) {
    throw new LabError({ code: 'key-not-in-agent', path: identity.file, agent: false })
  }
  return { agent: agentWithOneKey(agentSocket, identity.publicKey) }
}

async function readKey(path: string): Promise<string> {
  try {
    const text = await readPlainFile(path, { links: 'followed' })
    if (text === undefined) throw new Error('no such file')
    // Here, for a connection would only fail, and not with a fault.
    const key = ssh2.utils.parseKey(text)
    if (key instanceof Error) throw key
    return text
  } catch (error) {
    const reason = refusalIn(error) ?? (error as Error).message
    throw new LabError({ code: 'key-unreadable', path, reason }, { cause: error })
  }
}
