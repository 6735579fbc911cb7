#!/usr/bin/env node
import { setTimeout as sleep } from 'node:timers/promises'
import { KNOBS_VARIABLE, readKnobs } from './knobs.js'

/**
 * A stand-in for QEMU that also plays the guest, for tests of the whole product path in seconds.
 * DISTROLAB_QEMU names it. To the driver it is the fake of the driver's own tests (QMP, pid file, daemon),
 * which takes over at the end; this file adds the machine behind the forwarded port.
 */
const POLL_MS = 25
const knobs = readKnobs.bind(undefined, process.env[KNOBS_VARIABLE])

// The process that only starts the daemon does not need the guest's libraries.
if (process.env['FAKE_QEMU_DAEMON'] === '1') await import('./qemu-guest.js')
else await launch()

async function launch(): Promise<void> {
  while (knobs().holdStart) await sleep(POLL_MS)
  const { failStart } = knobs()
  if (failStart !== undefined) {
    process.stderr.write(`qemu-system-x86_64: ${failStart}\n`)
    process.exitCode = 1
    return
  }
  await import('../support/local-vm/fake-qemu.js')
}
