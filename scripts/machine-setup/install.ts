import type { PackageManager } from '../../distro-catalog/package-managers.js'

/**
 * How each package manager installs packages without asking, waiting for another one that works at the same time (at a first
 * boot that is usual), and keeping a configuration file that is there. Sources: apt-get(8), apt.conf(5) and dpkg(1);
 * dnf(8), which waits by itself; zypper(8); apk(8); pacman(8), which cannot wait, and on which a package without an upgrade of
 * all others is not supported (wiki.archlinux.org, "System maintenance").
 */
export const installCommands: Readonly<Record<PackageManager, readonly string[]>> = {
  apt: [
    'export DEBIAN_FRONTEND=noninteractive',
    'apt-get -q -o DPkg::Lock::Timeout=600 update',
    'apt-get -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold install "$@"',
  ],
  dnf: ['dnf -q -y install "$@"'],
  zypper: ['export ZYPP_LOCK_TIMEOUT=600', 'zypper -q --non-interactive install "$@"'],
  apk: ['apk --wait 600 add --no-cache "$@"'],
  pacman: ['pacman -Syu --noconfirm --needed "$@"'],
}
