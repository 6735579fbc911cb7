import { execFileSync } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Makes of a built image one like those that vendors publish: GPT, an EFI system partition with a boot loader, and
 * the root last so that it can grow. All in user space (packages mtools, dosfstools, fdisk, systemd-boot-efi).
 */
export function buildVendorLikeImage(builtImageDirectory: string, out: string): void {
  const work = mkdtempSync(join(dirname(out), 'vendor-like-'))
  try {
    const root = join(work, 'root.raw')
    run('qemu-img', ['convert', '-O', 'raw', join(builtImageDirectory, 'disk.qcow2'), root])
    const esp = makeEsp(work, builtImageDirectory)
    const disk = join(work, 'disk.raw')
    assemble(disk, esp, root)
    run('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', disk, join(work, 'disk.qcow2')])
    renameSync(join(work, 'disk.qcow2'), out)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const MIB = 1024 * 1024
const ESP_MIB = 100
const BOOT_LOADER = '/usr/lib/systemd/boot/efi/systemd-bootx64.efi'

function makeEsp(work: string, images: string): string {
  const esp = join(work, 'esp.raw')
  writeFileSync(esp, '')
  truncateSync(esp, ESP_MIB * MIB)
  writeFileSync(join(work, 'loader.conf'), 'default linux\ntimeout 0\n')
  // panic=5: QEMU 7.2 without KVM sometimes breaks a kernel that patches its own code (int3 oops): it then starts anew.
  const options = 'options root=LABEL=root rw console=ttyS0 loglevel=4 panic=5'
  writeFileSync(join(work, 'linux.conf'), `title Linux\nlinux /vmlinuz\ninitrd /initrd.img\n${options}\n`)
  run('mformat', ['-i', esp, '-F', '::'])
  run('mmd', ['-i', esp, '::/EFI', '::/EFI/BOOT', '::/loader', '::/loader/entries'])
  run('mcopy', ['-i', esp, BOOT_LOADER, '::/EFI/BOOT/BOOTX64.EFI'])
  run('mcopy', ['-i', esp, join(work, 'loader.conf'), '::/loader/loader.conf'])
  run('mcopy', ['-i', esp, join(work, 'linux.conf'), '::/loader/entries/linux.conf'])
  run('mcopy', ['-i', esp, join(images, 'vmlinuz'), '::/vmlinuz'])
  run('mcopy', ['-i', esp, join(images, 'initrd.img'), '::/initrd.img'])
  return esp
}

function assemble(disk: string, esp: string, root: string): void {
  const rootMiB = Math.ceil(statSync(root).size / MIB)
  writeFileSync(disk, '')
  // The backup partition table needs room behind the last partition.
  truncateSync(disk, (1 + ESP_MIB + rootMiB + 1) * MIB)
  const table = `label: gpt\nstart=1MiB, size=${ESP_MIB}MiB, type=U\nstart=${1 + ESP_MIB}MiB, size=${rootMiB}MiB, type=L\n`
  execFileSync('sfdisk', ['--quiet', disk], { input: table })
  place(esp, disk, 1)
  place(root, disk, 1 + ESP_MIB)
}

function place(source: string, disk: string, atMiB: number): void {
  run('dd', [`if=${source}`, `of=${disk}`, 'bs=1M', `seek=${atMiB}`, 'conv=notrunc,sparse', 'status=none'])
}

function run(binary: string, args: readonly string[]): void {
  execFileSync(binary, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
