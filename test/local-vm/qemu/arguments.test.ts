import { describe, expect, test } from '@jest/globals'
import { machineFiles } from '../../../local-vm/files.js'
import { diskNodes, qemuArgs, type QemuPlan } from '../../../local-vm/qemu/arguments.js'

const files = machineFiles('distrolab-a-main', '/state/machines/a,b/main')
const plan: QemuPlan = {
  spec: {
    id: 'distrolab-a-main',
    vcpus: 2,
    memoryMiB: 2048,
    sshPort: 22301,
    macAddress: '52:54:00:00:00:01',
  },
  architecture: 'x86_64',
  distro: 'debian-13',
  files,
  accelerator: 'tcg',
  boot: { firmware: 'kernel' },
  begin: 'running',
}

function valueOf(args: readonly string[], option: string): string | undefined {
  const at = args.indexOf(option)
  return at < 0 ? undefined : args[at + 1]
}

function diskIn(args: string[]): { filename: string; aio: string } {
  const disk = JSON.parse(valueOf(args, '-blockdev') ?? '') as { file: { filename: string; aio: string } }
  return disk.file
}

const argsOf = (changes: Partial<QemuPlan> = {}): string[] => qemuArgs({ ...plan, ...changes }, 'threads')

describe('the command line of QEMU', () => {
  test('starts a detached machine that its name and pid file identify', () => {
    const args = argsOf()
    expect(args).toContain('-daemonize')
    expect(valueOf(args, '-name')).toBe('distrolab-a-main')
    expect(valueOf(args, '-pidfile')).toBe('/state/machines/a,b/main/qemu.pid')
  })

  test('forwards SSH on loopback only', () => {
    expect(valueOf(argsOf(), '-netdev')).toBe('user,id=net0,hostfwd=tcp:127.0.0.1:22301-:22')
  })

  test('names the QMP socket relative to the directory, however long that is', () => {
    const socket = argsOf().find((word) => word.startsWith('socket,'))
    expect(socket).toBe('socket,id=qmp,path=qmp.sock,server=on,wait=off')
  })

  test('has a second card only in a lab with a private network, after all else', () => {
    const alone = argsOf()
    expect(alone.join(' ')).not.toContain('net1')
    const network = { macAddress: '52:54:00:00:00:02' }
    const args = argsOf({ spec: { ...plan.spec, network } })
    const card = [
      ...['-netdev', 'stream,id=net1,server=on,addr.type=unix,addr.path=net.sock'],
      ...['-device', 'virtio-net-pci,netdev=net1,mac=52:54:00:00:00:02,romfile='],
    ]
    expect(args).toEqual([...alone.slice(0, -1), ...card, '-daemonize'])
    const foreign = { macAddress: '52:54:00:00:00:02,romfile=/etc/passwd' }
    expect(() => argsOf({ spec: { ...plan.spec, network: foreign } })).toThrow('value-refused')
  })

  test('lets the guest run at once, or wait for a state to be loaded', () => {
    expect(argsOf()).not.toContain('-S')
    expect(argsOf({ begin: 'paused' })).toContain('-S')
  })

  test('has no option that a name brings, and no card with another address than one of ours', () => {
    const id = 'a,debug-threads=on'
    expect(valueOf(argsOf({ spec: { ...plan.spec, id } }), '-name')).toBe('a,,debug-threads=on')
    const macAddress = '52:54:00:00:00:01,romfile=/etc/passwd'
    expect(() => argsOf({ spec: { ...plan.spec, macAddress } })).toThrow('value-refused')
  })

  test('survives commas in paths', () => {
    const args = argsOf()
    expect(args).toContain('file,id=console,path=/state/machines/a,,b/main/console.log,append=on')
    expect(diskIn(args).filename).toBe('/state/machines/a,b/main/overlay.qcow2')
  })

  test('reads the large disk as it is told', () => {
    expect(diskIn(argsOf()).aio).toBe('threads')
    expect(diskIn(qemuArgs(plan, 'io_uring')).aio).toBe('io_uring')
  })

  test('emulates every CPU feature except the one that kills kernels under QEMU 7.2', () => {
    const args = argsOf()
    expect(valueOf(args, '-accel')).toBe('tcg,thread=multi')
    expect(valueOf(args, '-cpu')).toBe('max,-cx16')
  })

  test('keeps x86-64-v2 whole for distros that demand it', () => {
    expect(valueOf(argsOf({ distro: 'rocky-10' }), '-cpu')).toBe('max')
  })

  test('uses the host CPU under KVM, and its guards against speculation', () => {
    const args = argsOf({ accelerator: 'kvm' })
    expect(valueOf(args, '-cpu')).toBe('host')
    expect(valueOf(args, '-append')).not.toContain('mitigations')
  })

  test('gives built images their kernel, and vendor images nothing of it', () => {
    expect(valueOf(argsOf(), '-kernel')).toBe(files.kernel)
    expect(valueOf(argsOf({ boot: { firmware: 'bios' } }), '-kernel')).toBeUndefined()
  })

  test('gives UEFI a variable store of its own that snapshots can include', () => {
    const args = argsOf({
      boot: { firmware: 'uefi', files: { code: '/o/CODE.fd', variables: '/o/VARS.fd' } },
    })
    expect(valueOf(args, '-machine')).toBe('q35,pflash0=code,pflash1=variables')
    const stores = args
      .filter((word) => word.includes('"variables"'))
      .map((word) => JSON.parse(word) as object)
    expect(stores).toEqual([
      { driver: 'qcow2', 'node-name': 'variables', file: { driver: 'file', filename: files.variables } },
    ])
  })

  test('has all writable disks under the names that a snapshot takes, memory in the large one', () => {
    const files = { code: '/o/CODE.fd', variables: '/o/VARS.fd' }
    const boots = [{ firmware: 'kernel' }, { firmware: 'bios' }, { firmware: 'uefi', files }] as const
    for (const boot of boots) {
      const drives = argsOf({ boot })
        .filter((word) => word.startsWith('{'))
        .map((word) => JSON.parse(word) as { 'node-name': string; 'read-only'?: boolean })
      const writable = drives
        .filter((drive) => drive['read-only'] !== true)
        .map((drive) => drive['node-name'])
      expect([...diskNodes(boot.firmware)].sort()).toEqual(writable.sort())
      expect(diskNodes(boot.firmware)[0]).toBe('disk')
    }
  })
})
