import type { Seed } from '../protocol.js'
import { IDENTITY_PORT } from '../qemu/arguments.js'

/** What the guest writes to the port when it can be saved; anything else it writes says why it cannot. */
export const RESTING = 'resting'

const RECEIVER = '/run/distrolab-warm'
const BOUNDARY = '==distrolab=='

/**
 * Runs in the guest once cloud-init has ended: removes everything that belongs to this one machine, says so, and then waits
 * for a program on the port, which gives a clone its identity. That program ends it. Nothing of it stays on disk.
 */
const RECEIVE = String.raw`
rm -f "$0"
exec 3<>/dev/virtio-ports/${IDENTITY_PORT}
tries=0
until [ -e /run/cloud-init/result.json ]; do
  tries=$((tries + 1))
  [ "$tries" -gt 600 ] && { echo 'cloud-init did not finish' >&3; exit 1; }
  sleep 1
done
grep -q '"errors": \[\]' /run/cloud-init/result.json || { echo 'cloud-init failed' >&3; exit 1; }
timeout 120 systemctl is-system-running --wait >/dev/null 2>&1
for job in apt-daily apt-daily-upgrade; do systemctl stop "$job.timer" "$job.service" >/dev/null 2>&1; done
for job in apt-daily apt-daily-upgrade; do systemctl start "$job.timer" >/dev/null 2>&1; done
rm -f /etc/ssh/ssh_host_* /var/lib/systemd/random-seed /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys
rm -rf /var/lib/cloud/instance/scripts/part-* /var/lib/cloud/instance/user-data* /var/lib/cloud/instance/obj.pkl
journalctl --flush >/dev/null 2>&1
rm -rf /var/log/journal/* /run/log/journal/*
find /var/log -type f -exec truncate -s 0 {} +
: >/etc/machine-id
[ -f /var/lib/dbus/machine-id ] && [ ! -L /var/lib/dbus/machine-id ] && : >/var/lib/dbus/machine-id
# What a clone needs first is then in its memory.
for tool in sed grep date mv ln mkdir chown cat rm; do "$tool" --version >/dev/null 2>&1; done
networkctl list >/dev/null 2>&1
for file in /usr/lib/openssh/sshd-session /usr/lib/openssh/sshd-auth /usr/libexec/openssh/sshd-session; do
  [ -e "$file" ] && cat "$file" >/dev/null
done
sync
echo ${RESTING} >&3
exec sh -s <&3 >&3 2>/dev/null 3>&-
`

/** Starts the receiver and returns, because cloud-init has to end first. */
const START = String.raw`#!/bin/sh
cat >${RECEIVER} <<'END-OF-RECEIVER'
${RECEIVE}
END-OF-RECEIVER
if command -v systemd-run >/dev/null; then
  systemd-run --quiet --no-block --collect --unit distrolab-warm sh ${RECEIVER}
else
  setsid sh ${RECEIVER} </dev/null >/dev/null 2>&1 &
fi
`

/** The seed of the machine that becomes a warm image: it needs no access from outside, so it gets no key. */
export const bakeSeed = ({ metaData, userData, networkConfig }: Seed): Seed => ({
  metaData,
  userData: withScript(userData, START),
  networkConfig,
})

/** Both are parts of one MIME document; cloud-init runs the script last. */
function withScript(userData: string, script: string): string {
  const part = (type: string, body: string): string =>
    `--${BOUNDARY}\nContent-Type: ${type}; charset="utf-8"\nMIME-Version: 1.0\n\n${body}\n`
  return [
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"\nMIME-Version: 1.0\n\n`,
    part('text/cloud-config', userData),
    part('text/x-shellscript', script),
    `--${BOUNDARY}--\n`,
  ].join('')
}
