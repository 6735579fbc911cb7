import { requireForm } from '../../backend/forms.js'
import { quoteForShell } from '../machine/shell.js'
import type { Host } from './hosts.js'

// Scripts for POSIX sh and its usual programs. Each may be repeated.

/** Ends each line of ours in a file that is not ours. */
const MARK = '# distrolab'
const KEY_MARK = 'distrolab-mesh'

/** Below ~/.ssh. */
const FOLDER = '.ssh/distrolab'

/**
 * The names of all machines in /etc/hosts, as root. With `manage_etc_hosts`, cloud-init writes that file at each boot, from a
 * template (https://docs.cloud-init.io/en/latest/reference/modules.html#update-etc-hosts), so they are in the templates too.
 * Files are written in place: another one would have another SELinux label.
 */
export function hostsScript(hosts: readonly Host[]): string {
  const lines = hosts.map(({ address, names }) => `${address} ${names.join(' ')} ${MARK}`)
  return `set -e
lines=${quoteForShell(lines.join('\n'))}
put() {
  rest=$(grep -v ' ${MARK}$' "$1" || :)
  printf '%s\\n' "${'$'}{rest:-# Names of this machine and of others}" "$lines" >"$1"
}
[ -e /etc/hosts ] || : >/etc/hosts
put /etc/hosts
for each in /etc/cloud/templates/hosts.*.tmpl; do
  [ ! -f "$each" ] || put "$each"
done
`
}

/** The machine's own key pair is made on it, once, and its public half is written. `name` is the comment of the key. */
export const ownKeyScript = (name: string): string => `set -e
umask 077
cd
mkdir -p ${FOLDER}
key=${FOLDER}/id_ed25519
if [ ! -s $key ] || [ ! -s $key.pub ]; then
  rm -f $key $key.pub
  ssh-keygen -q -t ed25519 -N '' -C ${quoteForShell(name)} -f $key </dev/null >&2
fi
read -r type blob rest <$key.pub
echo "$type $blob"
`

export interface MeshFiles {
  /** Public keys that may log in here, in the form `publicKey`. */
  readonly accepted: readonly string[]
  /** Those that this machine may log in on. */
  readonly reached: readonly Host[]
}

/**
 * What lets others in, and what is known of those that this machine reaches. The file of
 * accepted keys is replaced as a whole: it also has the key by which distrolab itself logs in.
 */
export function meshScript({ accepted, reached }: MeshFiles): string {
  const keys = accepted.map((key) => `${requireForm('publicKey', 'key', key)} ${KEY_MARK}`)
  return `set -e
umask 077
cd
mkdir -p ${FOLDER}
keys=${quoteForShell(keys.join('\n'))}
file=.ssh/authorized_keys
{ [ ! -e $file ] || grep -v ' ${KEY_MARK}$' $file || :; [ -z "$keys" ] || printf '%s\\n' "$keys"; } >$file.distrolab
mv -f $file.distrolab $file
printf '%s' ${quoteForShell(knownHosts(reached))} >${FOLDER}/known_hosts
folder=$PWD/${FOLDER}
${clientConfig(reached)} >${FOLDER}/config
file=.ssh/config
line="Include \\"$folder/config\\""
[ -e $file ] || : >$file
if ! grep -qxF "$line" $file; then
  { printf '%s\\n' "$line"; cat $file; } >$file.distrolab
  mv -f $file.distrolab $file
fi
`
}

const knownHosts = (hosts: readonly Host[]): string =>
  hosts
    .map(({ machine: { hostKey }, address, names }) =>
      hostKey === null ? '' : `${[...names, address].join(',')} ${hostKey}\n`,
    )
    .join('')

/**
 * Nothing is ever asked, and no key but the machine's own is offered. With whole paths, root can use it too:
 * `sudo ssh -F ~/.ssh/config`.
 */
function clientConfig(hosts: readonly Host[]): string {
  const blocks = hosts.map(({ machine: { user }, address, names }) => [
    quoteForShell(`Host ${[...names, address].join(' ')}`),
    quoteForShell(`  User ${user}`),
    '"  IdentityFile \\"$folder/id_ed25519\\""',
    '"  UserKnownHostsFile \\"$folder/known_hosts\\""',
    ...SSH_OPTIONS.map((line) => quoteForShell(`  ${line}`)),
  ])
  return ["printf '%s\\n' '# Written by distrolab'", ...blocks.flat()].join(' ')
}

const SSH_OPTIONS = [
  'IdentitiesOnly yes',
  'GlobalKnownHostsFile /dev/null',
  'StrictHostKeyChecking yes',
  'UpdateHostKeys no',
  'ForwardAgent no',
  'BatchMode yes',
] as const
