import type { WarmNames } from '../protocol.js'
import { shellWord } from '../shell-word.js'

/** What makes a clone a machine of its own. */
export interface GuestIdentity {
  readonly instanceId: string
  readonly hostname: string
  /** 32 hexadecimal digits; machine-id(5). */
  readonly machineId: string
  readonly user: string
  readonly authorizedKeys: readonly string[]
  readonly hostKey: { readonly private: string; readonly public: string }
  /** Random text; it is mixed into what the kernel's random numbers come from. */
  readonly randomness: string
  /** The card in the lab's private network. */
  readonly privateCard?: { readonly macAddress: string; readonly address: string } | undefined
  /** In milliseconds since 1970, when the guest gets it. */
  readonly now: number
}

/** The first line that the guest answers when it has taken its identity; another one says why it could not. */
export const TAKEN = 'taken'

/** Where cloud-init and the network's own programs keep names and addresses. */
const NAMED = [
  ...['/etc/hostname', '/etc/hosts', '/var/lib/cloud', '/run/cloud-init'],
  ...['/etc/systemd/network', '/run/systemd/network', '/etc/netplan', '/etc/network'],
  ...['/etc/NetworkManager/system-connections', '/etc/sysconfig/network-scripts'],
]

/** Kernels that do not listen to vmgenid are asked to use the new randomness at once: ioctl RNDRESEEDCRNG, random(4). */
const RESEED = String.raw`heard=
for device in /sys/bus/*/drivers/vmgenid/*:*; do [ -e "$device" ] && heard=1; done
if [ -z "$heard" ]; then
  perl -e 'open F, ">", "/dev/urandom" and ioctl F, 0x5207, 0' 2>/dev/null ||
    python3 -c 'import fcntl; fcntl.ioctl(open("/dev/urandom", "wb"), 0x5207)' 2>/dev/null || :
fi`

const RELOAD_SSHD = String.raw`pid=$(cat /run/sshd.pid 2>/dev/null) || pid=
if [ -n "$pid" ]; then kill -HUP "$pid"; else systemctl try-restart sshd.service ssh.service 2>/dev/null || :; fi`

/**
 * A shell program for the receiver of a warm image. It is one compound command, so nothing of it runs before all of it has
 * arrived. Few programs are started, because each costs 20 ms on an emulated processor.
 */
export function identityProgram(identity: GuestIdentity, names: WarmNames): string {
  const { user, hostKey, authorizedKeys, machineId, hostname } = identity
  const lines = (text: string): string => `printf '%s\\n' ${shellWord(text)}`
  return `{
said=$({
set -e
PATH=/usr/sbin:/usr/bin:/sbin:/bin
date -u -s ${shellWord(`@${(identity.now / 1000).toFixed(3)}`)} >/dev/null
printf %s ${shellWord(identity.randomness)} >/dev/urandom
${RESEED}
umask 022
${lines(hostname)} >/proc/sys/kernel/hostname
${lines(machineId)} >/etc/machine-id
[ ! -f /var/lib/dbus/machine-id ] || [ -L /var/lib/dbus/machine-id ] || ${lines(machineId)} >/var/lib/dbus/machine-id
${lines(hostKey.public)} >/etc/ssh/ssh_host_ed25519_key.pub
umask 077
${lines(hostKey.private.trimEnd())} >/etc/ssh/ssh_host_ed25519_key
home=~${user}
mkdir -p "$home/.ssh"
${lines(authorizedKeys.join('\n'))} >"$home/.ssh/authorized_keys"
chown -R ${shellWord(`${user}:`)} "$home/.ssh"
if command -v restorecon >/dev/null; then restorecon -R /etc/ssh /etc/machine-id "$home/.ssh"; fi
${RELOAD_SSHD}
cd /var/lib/cloud
mv instances/${names.instanceId} instances/${identity.instanceId}
rm -f instance
ln -s ${shellWord(`/var/lib/cloud/instances/${identity.instanceId}`)} instance
cd /
${renaming(identity, names)}
${privateCard(identity, names)}
} 2>&1)
code=$?
if [ "$code" = 0 ]; then echo ${TAKEN}; else printf '%s' "$code $said" | tr '\\n' ' '; echo; fi
systemctl --no-block try-restart systemd-journald.service
exit
}
`
}

function renaming({ instanceId, hostname, privateCard: card }: GuestIdentity, names: WarmNames): string {
  const pairs: (readonly [string, string])[] = [
    [names.instanceId, instanceId],
    [names.hostname, hostname],
  ]
  if (card !== undefined) {
    pairs.push([names.privateMacAddress, card.macAddress], [names.privateAddress, card.address])
  }
  const search = pairs.map(([from]) => `-e ${shellWord(from)}`).join(' ')
  const replace = pairs
    .map(([from, to]) => `-e ${shellWord(`s/${from.replaceAll('.', '[.]')}/${to}/g`)}`)
    .join(' ')
  return `IFS='
'
found=$(grep -rlsIF ${search} ${NAMED.join(' ')} || :)
[ -z "$found" ] || sed -i ${replace} $found
unset IFS`
}

/** Its driver is attached again: the card then has the address that QEMU was started with. */
function privateCard({ privateCard: card }: GuestIdentity, { privateMacAddress }: WarmNames): string {
  if (card === undefined) return ''
  return `for card in /sys/class/net/*; do
  read -r address <"$card/address" || continue
  [ "$address" = ${privateMacAddress} ] || continue
  device=$(readlink "$card/device")
  device=\${device##*/}
  echo "$device" >/sys/bus/virtio/drivers/virtio_net/unbind
  networkctl reload 2>/dev/null || nmcli connection reload 2>/dev/null || :
  echo "$device" >/sys/bus/virtio/drivers/virtio_net/bind
done`
}
