import { expect, test } from '@jest/globals'
import { machineFiles } from '../../../local-vm/files.js'
import { qemuArgs, type QemuPlan } from '../../../local-vm/qemu/arguments.js'

const PLAN: QemuPlan = {
  spec: { id: 'distrolab-a', vcpus: 2, memoryMiB: 2048, sshPort: 20_001, macAddress: '52:54:00:12:34:56' },
  architecture: 'x86_64',
  distro: 'debian-13',
  files: machineFiles('distrolab-a', '/machines/lab/main'),
  accelerator: 'tcg',
  boot: { firmware: 'kernel' },
  begin: 'running',
}
const text = (changes: Partial<QemuPlan>): string => qemuArgs({ ...PLAN, ...changes }, 'threads').join(' ')

test('a machine from before identities has none of their devices, because its baseline fits no others', () => {
  expect(text({})).not.toMatch(/virtio-serial|vmgenid|memory-backend|incoming/)
})

test('a clone reads its memory from the file and never writes it, under the name that QEMU gives to its own', () => {
  const clone = text({
    begin: 'incoming',
    memory: { file: '/cache/a,b', access: 'private' },
    identity: 'listening',
  })
  expect(clone).toContain('memory-backend-file,id=pc.ram,x-use-canonical-path-for-ramblock-id=off')
  expect(clone).toContain('mem-path=/cache/a,,b,share=off')
  expect(clone).toContain('-machine q35,memory-backend=pc.ram')
  expect(clone).toContain('-S -incoming defer')
  expect(text({ memory: { file: '/m', access: 'shared' } })).toContain('share=on')
})

test('its devices stay the same when it is started again, but no one can connect to the port any more', () => {
  const devices = (line: string): string[] => line.match(/-device [^ ]+/g) ?? []
  const listening = text({ identity: 'listening' })
  const unused = text({ identity: 'unused' })
  expect(devices(listening)).toEqual(devices(unused))
  expect(listening).toContain('path=id.sock')
  expect(unused).toContain('-chardev null,id=id')
  expect(unused).toContain('-device vmgenid,guid=auto')
})

test('QEMU has vmgenid for PCs alone', () => {
  expect(text({ architecture: 'aarch64', identity: 'unused' })).not.toContain('vmgenid')
})

test('a machine that is attached does not become a daemon', () => {
  expect(text({})).toContain('-daemonize')
  expect(text({ isAttached: true })).not.toContain('-daemonize')
})
