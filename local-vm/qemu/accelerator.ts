import { accessSync, constants, readFileSync } from 'node:fs'
import type { Accelerator, Architecture } from '../protocol.js'

/** What the choice of an accelerator depends on. */
export interface HostFacts {
  readonly platform: NodeJS.Platform
  readonly architecture: Architecture | undefined
  /** /dev/kvm can be opened for reading and writing. */
  readonly kvmOpens: boolean
  /** The names of the loaded kernel modules. */
  readonly modules: readonly string[]
}

const KVM_MODULES = ['kvm_intel', 'kvm_amd']

/**
 * KVM only with a known module: /dev/kvm can exist and be useless (kvm_pvm: stock kernels hang, `-cpu host`
 * aborts; measured). A guest of another architecture is always emulated.
 */
export function chooseAccelerator(host: HostFacts, guest: Architecture): Accelerator {
  if (host.architecture !== guest) return 'tcg'
  if (host.platform === 'darwin') return 'hvf'
  if (host.platform !== 'linux' || !host.kvmOpens) return 'tcg'
  return host.modules.some((name) => KVM_MODULES.includes(name)) ? 'kvm' : 'tcg'
}

const ARCHITECTURES: Partial<Record<NodeJS.Architecture, Architecture>> = { x64: 'x86_64', arm64: 'aarch64' }

export function readHostFacts(): HostFacts {
  return {
    platform: process.platform,
    architecture: ARCHITECTURES[process.arch],
    kvmOpens: opens('/dev/kvm'),
    modules: loadedModules(),
  }
}

function opens(device: string): boolean {
  try {
    accessSync(device, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}

function loadedModules(): string[] {
  try {
    const lines = readFileSync('/proc/modules', 'utf8').split('\n')
    return lines.map((line) => line.split(' ')[0] ?? '').filter((name) => name !== '')
  } catch {
    return []
  }
}
