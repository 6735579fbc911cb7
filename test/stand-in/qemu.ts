#!/usr/bin/env node
import { appendFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { KNOBS_VARIABLE, readKnobs, type Knobs } from './knobs.js'
import { findPanic } from '../../stacks/local/driver/console.js'
import { machineFiles } from '../../stacks/local/driver/files.js'
import { forwardedPort, readMachine, valueOf } from './machine.js'
import { PANIC, panicsSoFar } from './panic.js'
import { buildSshServer } from './ssh-server.js'

/**
 * A stand-in for QEMU that also plays the guest, for tests of the whole product path in seconds. Named by
 * DISTROLAB_QEMU. To the driver it is the fake of the driver's own tests (QMP, pid file, daemon), which takes
 * over at the end; what is added here is the machine behind the forwarded port.
 */
const POLL_MS = 25
const words = process.argv.slice(2)
const knobs = (): Knobs => readKnobs(process.env[KNOBS_VARIABLE])

// A daemon has nowhere to say why it ended.
process.on('uncaughtExceptionMonitor', (error) =>
  appendFileSync(`${process.env[KNOBS_VARIABLE]}.crash`, `${error.stack}\n`),
)

if (process.env['FAKE_QEMU_DAEMON'] === '1') await boot()
else await launch()

async function launch(): Promise<void> {
  while (knobs().holdStart) await sleep(POLL_MS)
  const { failStart } = knobs()
  if (failStart !== undefined) {
    process.stderr.write(`qemu-system-x86_64: ${failStart}\n`)
    process.exitCode = 1
    return
  }
  await becomeFake()
}

/** The forwarded port belongs to QEMU, so it takes connections before the guest answers them. */
async function boot(): Promise<void> {
  const machine = readMachine(words)
  const sshd = buildSshServer(machine, knobs)
  const files = machineFiles(valueOf(words, '-name'), machine.folder)
  if (panicsSoFar(files.console) < (knobs().panics ?? 0)) appendFileSync(files.console, PANIC)
  const port = forwardedPort(words)
  const forward = createServer((socket) => void answer(socket))
  const answer = async (socket: Socket): Promise<void> => {
    socket.on('error', () => socket.destroy())
    const isDead = async (): Promise<boolean> => (await findPanic(files)) !== undefined
    while ((knobs().silent || (await isDead())) && !socket.destroyed) await sleep(POLL_MS)
    if (!socket.destroyed) sshd.accept(socket)
  }
  forward.once('error', () => process.send?.('taken', () => process.exit(1)))
  forward.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
    // The fake binds the port it is told of: any other one, then.
    const netdev = valueOf(process.argv, '-netdev')
    process.argv[process.argv.indexOf(netdev)] = netdev.replace(`127.0.0.1:${port}-`, '127.0.0.1:0-')
    void becomeFake()
  })
}

async function becomeFake(): Promise<void> {
  await import('../stacks/local/driver/fake-qemu.js')
}
