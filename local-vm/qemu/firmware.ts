import { stat } from 'node:fs/promises'
import { DriverError } from '../errors.js'
import type { Architecture } from '../protocol.js'

export interface FirmwareFiles {
  readonly code: string
  /** The empty variable store that each machine gets a copy of. */
  readonly variables: string
}

/** Where distributions put UEFI without secure boot: Debian and Ubuntu, Fedora, Arch, Homebrew. */
const PLACES: Record<Architecture, readonly FirmwareFiles[]> = {
  x86_64: [
    pair('/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_VARS_4M.fd'),
    pair('/usr/share/OVMF/OVMF_CODE.fd', '/usr/share/OVMF/OVMF_VARS.fd'),
    pair('/usr/share/edk2/ovmf/OVMF_CODE.fd', '/usr/share/edk2/ovmf/OVMF_VARS.fd'),
    pair('/usr/share/edk2/x64/OVMF_CODE.4m.fd', '/usr/share/edk2/x64/OVMF_VARS.4m.fd'),
    pair('/usr/share/edk2/x64/OVMF_CODE.fd', '/usr/share/edk2/x64/OVMF_VARS.fd'),
    pair('/usr/local/share/qemu/edk2-x86_64-code.fd', '/usr/local/share/qemu/edk2-i386-vars.fd'),
  ],
  aarch64: [
    pair('/usr/share/AAVMF/AAVMF_CODE.fd', '/usr/share/AAVMF/AAVMF_VARS.fd'),
    pair('/usr/share/edk2/aarch64/QEMU_CODE.fd', '/usr/share/edk2/aarch64/QEMU_VARS.fd'),
    pair('/opt/homebrew/share/qemu/edk2-aarch64-code.fd', '/opt/homebrew/share/qemu/edk2-arm-vars.fd'),
  ],
}

/** Throws `firmware-missing` with every place that it checked. */
export async function findFirmware(architecture: Architecture): Promise<FirmwareFiles> {
  for (const files of PLACES[architecture]) {
    if ((await exists(files.code)) && (await exists(files.variables))) return files
  }
  throw new DriverError({ code: 'firmware-missing', looked: PLACES[architecture].map((files) => files.code) })
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined
}

function pair(code: string, variables: string): FirmwareFiles {
  return { code, variables }
}
