import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The part of a stand-in machine's own state that its commands can see and change, and that a snapshot keeps:
 * its user's home, and its clock. The file `.etc/hosts` is what its root has as /etc/hosts. The file `.clock` holds the difference from this computer's clock, in
 * milliseconds; the stand-in's `date` reads and sets it, so that no test can ever move the real clock.
 */
export interface StandInGuest {
  readonly home: string
  readonly path: string
}

const DATE = `
file="$(dirname "$0")/../.clock"
now=$(/bin/date +%s%3N)
if [ "$1 $2" = '-u -s' ]; then
  told=\${3#@}
  echo $(( \${told%.*}\${told#*.} - now )) >"$file"
else
  ms=$(( now + $(cat "$file" 2>/dev/null || echo 0) ))
  exec /bin/date -d "@$(( ms / 1000 )).$(printf %03d $(( ms % 1000 )))" "$@"
fi`
/**
 * Root of a stand-in sees the machine's own /etc/hosts and /var/lib, so that no test can ever change those of this computer.
 * `apt-get` only says what it was asked for.
 */
const SUDO = `
[ "$1" = -n ] && shift
etc=$(dirname "$0")/../.etc
[ "$(id -u)" = 0 ] || map=--map-root-user
exec unshare --mount --propagation private $map sh -c '
  mount --bind "$0/hosts" /etc/hosts || exit
  mount --bind "$0/lib" /var/lib || exit
  [ ! -d /etc/cloud ] || mount --bind "$0/cloud" /etc/cloud || exit
  exec "$@"' "$etc" "$@"`
const APT = `echo "apt-get $*" | tee -a "$(dirname "$0")/../.apt"
for package; do [ "$package" != no-such-package ] || { echo "E: Unable to locate package" >&2; exit 100; }; done`
const HOSTS = '127.0.0.1 localhost\n'

export function makeGuest(folder: string): StandInGuest {
  const home = join(folder, 'guest')
  const tools = join(home, '.bin')
  mkdirSync(tools, { recursive: true })
  for (const name of ['cloud', 'lib']) mkdirSync(join(home, '.etc', name), { recursive: true })
  if (!existsSync(join(home, '.etc', 'hosts'))) writeFileSync(join(home, '.etc', 'hosts'), HOSTS)
  for (const [name, script] of Object.entries({ date: DATE, sudo: SUDO, 'apt-get': APT })) {
    writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(tools, name), 0o755)
  }
  return { home, path: `${tools}:/usr/bin:/bin` }
}
