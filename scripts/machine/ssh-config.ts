import { join } from 'node:path'
import { ensureFolder, keyFiles, keyFolder, putFile, type Workspace } from '../workspace.js'
import type { Identity } from './key.js'
import { typed } from '../report/typed.js'

/** A machine as OpenSSH sees it: known by an alias, so that its pinned key holds whatever its address is. */
export interface SshHost {
  /** What is typed after `ssh -F FILE`: the lab's name, or `lab-machine` for further machines. */
  readonly alias: string
  readonly address: string
  readonly port: number
  readonly user: string
  /** null before first contact: OpenSSH then pins what it is shown. */
  readonly hostKey: string | null
}

/**
 * Writes the lab's own known_hosts and ssh configuration, and leaves the user's alone. Host keys are always
 * checked: the file holds the pinned ones only.
 */
export async function writeSshConfig(
  space: Workspace,
  lab: string,
  hosts: readonly SshHost[],
  identity: Identity,
): Promise<string> {
  const folder = await ensureFolder(keyFolder(space, lab))
  const knownHosts = join(folder, keyFiles.knownHosts)
  const config = join(folder, keyFiles.sshConfig)
  await putFile(knownHosts, hosts.map(knownHostsLine).join(''))
  await putFile(config, hosts.map((host) => sshConfigBlock(host, identity, knownHosts)).join('\n'))
  return config
}

/** The command that can be pasted into any shell. */
export const sshCommand = (configFile: string, alias: string): string => typed`ssh -F ${configFile} ${alias}`

export const sshAlias = (lab: string, machine: string): string =>
  machine === 'main' ? lab : `${lab}-${machine}`

const knownHostsLine = (host: SshHost): string =>
  host.hostKey === null ? '' : `${hostKeyAlias(host)} ${host.hostKey}\n`

const hostKeyAlias = (host: SshHost): string => `distrolab-${host.alias}`

function sshConfigBlock(host: SshHost, identity: Identity, knownHosts: string): string {
  const settings: readonly (readonly [string, string])[] = [
    ['HostName', host.address],
    ['Port', String(host.port)],
    ['User', host.user],
    ['IdentityFile', quoteForConfig(identity.file)],
    ['IdentitiesOnly', 'yes'],
    ['HostKeyAlias', hostKeyAlias(host)],
    ['UserKnownHostsFile', quoteForConfig(knownHosts)],
    ['GlobalKnownHostsFile', '/dev/null'],
    ['StrictHostKeyChecking', host.hostKey === null ? 'accept-new' : 'yes'],
    ['ServerAliveInterval', '15'],
  ]
  return [`Host ${host.alias}`, ...settings.map(([name, value]) => `  ${name} ${value}`), ''].join('\n')
}

const quoteForConfig = (path: string): string => `"${path.replaceAll('%', '%%')}"`
