import type { DriverFault } from '../../local-vm/errors.js'
import type { DriverProgress } from '../../local-vm/protocol.js'

export type DriverLine =
  | DriverProgress
  | ({ readonly type: 'result' } & Readonly<Record<string, unknown>>)
  | ({ readonly type: 'fault' } & DriverFault)

/** One line of the driver's protocol; undefined for any other text. */
export function parseDriverLine(text: string): DriverLine | undefined {
  try {
    const value = JSON.parse(text) as DriverLine
    return ['progress', 'result', 'fault'].includes(value.type) ? value : undefined
  } catch {
    return undefined
  }
}
