import { describe, expect, test } from '@jest/globals'
import { chooseAccelerator, type HostFacts } from '../../../local-vm/qemu/accelerator.js'

const linux: HostFacts = {
  platform: 'linux',
  architecture: 'x86_64',
  kvmOpens: true,
  modules: ['ext4', 'kvm_amd'],
}

describe('the accelerator', () => {
  test.each(['kvm_intel', 'kvm_amd'])('is KVM when /dev/kvm opens and %s is loaded', (module) => {
    expect(chooseAccelerator({ ...linux, modules: [module] }, 'x86_64')).toBe('kvm')
  })

  test('is not KVM with a module that nobody knows, although /dev/kvm opens', () => {
    expect(chooseAccelerator({ ...linux, modules: ['kvm', 'kvm_pvm'] }, 'x86_64')).toBe('tcg')
  })

  test('is not KVM when /dev/kvm does not open', () => {
    expect(chooseAccelerator({ ...linux, kvmOpens: false }, 'x86_64')).toBe('tcg')
  })

  test('is HVF on macOS', () => {
    expect(chooseAccelerator({ ...linux, platform: 'darwin', modules: [] }, 'x86_64')).toBe('hvf')
  })

  test('is none for a guest of another architecture', () => {
    expect(chooseAccelerator(linux, 'aarch64')).toBe('tcg')
    expect(chooseAccelerator({ ...linux, platform: 'darwin', architecture: 'aarch64' }, 'x86_64')).toBe('tcg')
  })
})
