import { appendFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { findPanic } from '../../local-vm/machine/console.js'
import { machineFiles } from '../../local-vm/files.js'
import { KNOBS_VARIABLE, readKnobs, type Knobs } from './knobs.js'
import { forwardedPort, readMachine, valueOf } from './machine.js'
import { PANIC, panicsSoFar } from './panic.js'
import { buildSshServer } from './ssh-server.js'

/** The daemon of the stand-in: the guest behind the forwarded port, followed by the fake QEMU. */
const POLL_MS = 25
const words = process.argv.slice(2)
const knobs = (): Knobs => readKnobs(process.env[KNOBS_VARIABLE])

// A daemon cannot print why it ended.
process.on('uncaughtExceptionMonitor', (error) =>
  appendFileSync(`${process.env[KNOBS_VARIABLE]}.crash`, `${error.stack}\n`),
)
boot()

/** The forwarded port belongs to QEMU, so it accepts connections before the guest answers them. */
function boot(): void {
  const machine = readMachine(words)
  // A guest may make itself a new host key at any time.
  const sshd = () => buildSshServer({ ...machine, hostKey: readMachine(words).hostKey }, knobs)
  const files = machineFiles(valueOf(words, '-name'), machine.folder)
  if (panicsSoFar(files.console) < (knobs().panics ?? 0)) appendFileSync(files.console, PANIC)
  const port = forwardedPort(words)
  const forward = createServer((socket) => void answer(socket))
  const answer = async (socket: Socket): Promise<void> => {
    socket.on('error', () => socket.destroy())
    const isDead = async (): Promise<boolean> => (await findPanic(files)) !== undefined
    while ((knobs().silent || (await isDead())) && !socket.destroyed) await sleep(POLL_MS)
    if (!socket.destroyed) sshd().accept(socket)
  }
  forward.once('error', () => process.send?.('taken', () => process.exit(1)))
  forward.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
    // The fake binds the port it is given, so give it another one.
    const netdev = valueOf(process.argv, '-netdev')
    process.argv[process.argv.indexOf(netdev)] = netdev.replace(`127.0.0.1:${port}-`, '127.0.0.1:0-')
    void import('../support/local-vm/fake-qemu.js')
  })
}
