/**
 * The shell code that mmdebstrap runs while it builds an image; `$1` is the root. All of it makes the boot
 * fast without KVM: on an emulated CPU every Python import and every kernel module costs noticeable time.
 */

/** Packages of a built image beyond the minimal base. */
export const PACKAGES: readonly string[] = [
  'systemd-sysv',
  'udev',
  'dbus',
  'openssh-server',
  'cloud-init',
  'cloud-guest-utils',
  'iproute2',
  'sudo',
  'ca-certificates',
  'systemd-resolved',
  'lz4',
]

/**
 * Before the kernel is installed: an initramfs with only what reaches the root disk, packed so that it
 * unpacks quickly. It goes into conf.d and a hook, because /etc/initramfs-tools/modules is a conffile of the
 * package.
 */
export const initramfsHook = String.raw`set -eu
mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/etc/initramfs-tools/hooks"
printf 'MODULES=list\nCOMPRESS=lz4\nRESUME=none\nFSTYPE=ext4\n' > "$1/etc/initramfs-tools/conf.d/distrolab"
cat > "$1/etc/initramfs-tools/hooks/distrolab" <<'END'
#!/bin/sh
[ "$1" = prereqs ] && exit 0
. /usr/share/initramfs-tools/hook-functions
manual_add_modules virtio_pci virtio_blk ext4 crc32c crc32c_generic crc32c_intel
END
chmod 755 "$1/etc/initramfs-tools/hooks/distrolab"`

/**
 * cloud-init does only what labs need: users, keys, growing the root, host name, files, commands, packages.
 * It writes to networkd directly, because the netplan command is one more Python program at each boot.
 */
const CLOUD_CONFIG = `datasource_list: [NoCloud, None]
ssh_genkeytypes: [ed25519]
apt_preserve_sources_list: true
manage_etc_hosts: localhost
system_info:
  network:
    renderers: [networkd]
cloud_init_modules:
  [seed_random, bootcmd, write-files, growpart, resizefs, set_hostname, update_hostname, update_etc_hosts, users-groups, ssh]
cloud_config_modules: [set-passwords, runcmd]
cloud_final_modules:
  [package-update-upgrade-install, write-files-deferred, scripts-per-once, scripts-per-boot, scripts-per-instance,
   scripts-user, final-message]
`

/**
 * A short-lived lab needs none of these. wait-online goes: cloud-init and sshd do not need a finished DHCP.
 */
const MASKED_UNITS = [
  'modprobe@drm.service',
  'modprobe@efi_pstore.service',
  'systemd-binfmt.service',
  'systemd-pstore.service',
  'sys-kernel-debug.mount',
  'sys-kernel-tracing.mount',
  'dev-hugepages.mount',
  'getty@tty1.service',
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'systemd-networkd-wait-online.service',
]

/**
 * After all packages: networkd on (without netplan nothing else enables it), no identity (host keys, machine
 * id), no caches, the settings above. The two stamps say that caches such as ld.so's are as new as /usr;
 * systemd-update-done.service(8).
 */
export const settleHook = String.raw`set -eu
rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/archives/*.deb "$1"/var/cache/apt/*.bin
rm -f "$1"/etc/ssh/ssh_host_*
: > "$1/etc/machine-id"
echo distrolab > "$1/etc/hostname"
echo 'LABEL=root / ext4 rw,noatime,errors=remount-ro 0 0' > "$1/etc/fstab"
rm -f "$1/etc/resolv.conf"
ln -s ../run/systemd/resolve/stub-resolv.conf "$1/etc/resolv.conf"
chroot "$1" systemctl enable --quiet systemd-networkd.service systemd-resolved.service
for unit in ${MASKED_UNITS.join(' ')}; do ln -sf /dev/null "$1/etc/systemd/system/$unit"; done
touch "$1/etc/.updated" "$1/var/.updated"
cat > "$1/etc/cloud/cloud.cfg.d/90_distrolab.cfg" <<'END'
${CLOUD_CONFIG}END`

/**
 * Writes the root as an ext4 file system into descriptor 3, without mounting it. The bind mount is not
 * recursive: it hides the /proc and /sys that mmdebstrap mounted inside the root, on which mkfs would fail.
 * If mounting is not allowed, mmdebstrap has mounted nothing either.
 */
export const filesystemHook = String.raw`set -eu
m=$(mktemp -d)
if mount --bind "$1" "$m"; then
  mkfs.ext4 -q -F -L root -d "$m" /proc/self/fd/3
  umount "$m"
elif [ -z "$(ls -A "$1/proc")" ]; then
  mkfs.ext4 -q -F -L root -d "$1" /proc/self/fd/3
else
  exit 1
fi
rmdir "$m"`
