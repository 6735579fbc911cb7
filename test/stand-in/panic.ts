import { existsSync, readFileSync } from 'node:fs'

/** The last line of a halted Linux kernel. */
export const PANIC =
  '[    3.1] ---[ end Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b ]---\r\n'

/** How often a console contains it. */
export const panicsSoFar = (console: string): number =>
  existsSync(console) ? readFileSync(console, 'utf8').split(PANIC).length - 1 : 0
