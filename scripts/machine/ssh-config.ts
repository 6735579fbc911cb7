import { join } from 'node:path'
import { MAIN_MACHINE } from '../../backend/machines.js'
import { readPlainFileSync } from '../../backend/plain-file.js'
import { requireForm } from '../../backend/forms.js'
import { LOCAL_ADDRESS } from '../../stacks/naming.js'
import { ensureFolder, keyFiles, keyFolder, putFile, type Workspace } from '../workspace.js'
import type { Identity } from './key.js'
import { typed } from '../report/typed.js'

/** A machine as OpenSSH sees it: identified by an alias, so that its pinned key holds for any address. */
export interface SshHost {
  /** The argument after `ssh -F FILE`: the lab's name, or `lab-machine` for further machines. */
  readonly alias: string
  readonly address: string
  readonly port: number
  readonly user: string
  /** null before first contact: OpenSSH then pins the key that it is shown. */
  readonly hostKey: string | null
}

/**
 * Writes the lab's own known_hosts and ssh configuration, and leaves the user's alone. Host keys are always
 * checked: the file contains only pinned ones.
 */
export async function writeSshConfig(
  space: Workspace,
  lab: string,
  hosts: readonly SshHost[],
  identity: Identity,
): Promise<string> {
  const folder = await ensureFolder(keyFolder(space, lab))
  const knownHosts = knownHostsFile(space, lab)
  const config = join(folder, keyFiles.sshConfig)
  await putFile(knownHosts, hosts.map(knownHostsLine).join(''))
  await putFile(config, hosts.map((host) => sshConfigBlock(host, identity, knownHosts)).join('\n'))
  return config
}

export const knownHostsFile = (space: Workspace, lab: string): string =>
  join(keyFolder(space, lab), keyFiles.knownHosts)

/** The command, which can be pasted into any shell. */
export const sshCommand = (configFile: string, alias: string): string => typed`ssh -F ${configFile} ${alias}`

export const sshAlias = (lab: string, machine: string): string =>
  machine === MAIN_MACHINE ? lab : `${lab}-${machine}`

const knownHostsLine = ({ alias, hostKey }: SshHost): string =>
  hostKey === null ? '' : `${hostKeyAlias(alias)} ${requireForm('hostKey', 'hostKey', hostKey)}\n`

export const hostKeyAlias = (alias: string): string =>
  `distrolab-${requireForm('aliasOfHost', 'alias', alias)}`

/**
 * The host keys that this computer knows for a machine, by its alias; ours, or what OpenSSH was shown at
 * first contact.
 */
export function knownHostKeys(space: Workspace, lab: string, alias: string): readonly string[] {
  const start = `${hostKeyAlias(alias)} `
  return knownHostsLines(space, lab).flatMap((line) =>
    line.startsWith(start) ? [line.slice(start.length).trim()] : [],
  )
}

/** Recreated machines will show other host keys, so this removes what this computer knows about them. */
export async function forgetHostKeys(
  space: Workspace,
  lab: string,
  aliases: readonly string[],
): Promise<void> {
  const starts = aliases.map((alias) => `${hostKeyAlias(alias)} `)
  const lines = knownHostsLines(space, lab)
  const kept = lines.filter((line) => !starts.some((start) => line.startsWith(start)))
  if (kept.length === lines.length) return
  const text = kept.map((line) => `${line}\n`).join('')
  await putFile(knownHostsFile(space, lab), text)
}

function knownHostsLines(space: Workspace, lab: string): string[] {
  const text = readPlainFileSync(knownHostsFile(space, lab), { links: 'followed' })
  return (text ?? '').split('\n').filter((line) => line !== '')
}

/** Also where the settings of a user's own `Host *` follow. */
export function sshConfigBlock(host: SshHost, identity: Identity, knownHosts: string): string {
  const settings: readonly (readonly [string, string])[] = [
    ['HostName', requireForm('address', 'address', host.address)],
    ['Port', String(host.port)],
    ['User', requireForm('login', 'user', host.user)],
    ['IdentityFile', quoteForConfig(identity.file)],
    ...trustSettings(host, knownHosts),
    ['ServerAliveInterval', '15'],
    // A jump host's own 127.0.0.1 is another computer.
    ...(host.address === LOCAL_ADDRESS ? ([['ProxyCommand', 'none']] as const) : []),
  ]
  const alias = requireForm('aliasOfHost', 'alias', host.alias)
  return [`Host ${alias}`, ...settings.map(([name, value]) => `  ${name} ${value}`), ''].join('\n')
}

/** The settings by which ssh believes a machine and gives it nothing. */
export const trustSettings = (
  { alias, hostKey }: SshHost,
  knownHosts: string,
): readonly (readonly [name: string, value: string])[] => [
  ['IdentitiesOnly', 'yes'],
  ['ForwardAgent', 'no'],
  ['HostKeyAlias', hostKeyAlias(alias)],
  ['UserKnownHostsFile', quoteForConfig(knownHosts)],
  ['GlobalKnownHostsFile', '/dev/null'],
  ['StrictHostKeyChecking', hostKey === null ? 'accept-new' : 'yes'],
]

/** ssh_config(5) cannot express a quote, a backslash or a literal dollar in every version. */
export const quoteForConfig = (path: string): string =>
  `"${requireForm('pathForSsh', 'path', path).replaceAll('%', '%%')}"`
