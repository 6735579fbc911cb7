import type { Power } from '../../local-vm/qemu/power.js'

/** Why an existing machine does nothing; undefined if it runs, or if that is not known. */
export function stillText(power: Power | null): string | undefined {
  switch (power) {
    case null:
    case 'running':
    case 'unknown':
    case 'absent':
      return undefined
    case 'off':
      return 'VM off'
    case 'io-error':
      return 'VM stopped by a full disk'
    case 'paused':
    case 'suspended':
      return `VM ${power}`
    default:
      return `VM stopped (${power})`
  }
}
