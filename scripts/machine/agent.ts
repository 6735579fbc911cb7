import ssh2, { type ParsedKey } from 'ssh2'
import { LabError } from '../errors.js'

/** The public keys an ssh-agent holds. Throws agent-unreachable if the socket does not answer. */
export function agentIdentities(socket: string): Promise<ParsedKey[]> {
  return new Promise((resolve, reject) => {
    new ssh2.OpenSSHAgent(socket).getIdentities((error, keys) => {
      if (error)
        reject(new LabError({ code: 'agent-unreachable', socket, reason: error.message }, { cause: error }))
      else resolve((keys ?? []) as ParsedKey[])
    })
  })
}

/**
 * An agent that offers one key only. sshd counts every offered key against MaxAuthTries, so an agent with six
 * keys could be refused before the right one is offered.
 */
export function agentWithOneKey(socket: string, publicKey: string): ssh2.OpenSSHAgent {
  const agent = new ssh2.OpenSSHAgent(socket)
  const wanted = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')
  const getIdentities = agent.getIdentities.bind(agent)
  agent.getIdentities = (callback) =>
    getIdentities((error, keys) =>
      callback(
        error,
        (keys as ParsedKey[] | undefined)?.filter((key) => wanted.equals(key.getPublicSSH())),
      ),
    )
  return agent
}
