import { existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FAKE = fileURLToPath(new URL('./fake-qemu.js', import.meta.url))

/** Makes a program that is the stand-in for QEMU with these variables: it would get none of the driver's. Returns its path. */
export function fakeQemu(path: string, variables: Readonly<Record<string, string>>): string {
  // One that a driver is just starting is not written again.
  if (existsSync(path)) return path
  const set = Object.entries(variables).map(([name, value]) => `${name}='${value}'`)
  const program = `#!/bin/sh\n${set.join(' ')} exec '${process.execPath}' '${FAKE}' "$@"\n`
  writeFileSync(path, program, { mode: 0o755 })
  return path
}
