import { spawn, type ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import ssh2, { type AuthContext, type ServerChannel } from 'ssh2'
import { KNOBS_VARIABLE, type Knobs } from './knobs.js'
import type { StandInMachine } from './machine.js'

/** The machine's sshd: takes the seed's user and keys only, and runs commands with `sh -c` on this computer. */
export function buildSshServer(
  machine: StandInMachine,
  knobs: () => Knobs,
): { accept(socket: Socket): void } {
  const server = new ssh2.Server({ hostKeys: [machine.hostKey] }, (client) => {
    client.on('error', () => undefined)
    client.on('authentication', (context) => {
      if (!knobs().refuseKeys && isAllowed(machine, context)) context.accept()
      else context.reject(['publickey'])
    })
    client.on('session', (acceptSession) => {
      const session = acceptSession()
      let child: ChildProcess | undefined
      // ssh2's server drops every request that follows an end-of-file; sshd takes them, and RFC 4254 §5.3 allows them.
      session.on('eof', () => ((session as unknown as { _ending: boolean })._ending = false))
      session.on('env', (accept: (() => void) | undefined) => accept?.())
      session.on('signal', (accept, _reject, { name }) => {
        if (child?.pid !== undefined) process.kill(-child.pid, `SIG${name}` as NodeJS.Signals)
        ;(accept as (() => void) | undefined)?.()
      })
      session.on('exec', (accept, _reject, { command }) => (child = runCommand(machine, accept(), command)))
    })
  })
  return { accept: (socket) => server.injectSocket(socket) }
}

function isAllowed(machine: StandInMachine, context: AuthContext): boolean {
  if (context.method !== 'publickey' || context.username !== machine.user) return false
  const { key, signature, blob, hashAlgo } = context
  if (!machine.authorizedKeys.some((known) => known.equals(key.data))) return false
  if (signature === undefined) return true
  const parsed = ssh2.utils.parseKey(`${key.algo} ${key.data.toString('base64')}`)
  return !(parsed instanceof Error) && blob !== undefined && parsed.verify(blob, signature, hashAlgo)
}

/** `setpriv`: what runs on a machine ends with it, also when QEMU is killed. */
function runCommand({ guest }: StandInMachine, channel: ServerChannel, command: string): ChildProcess {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'sh', '-c', command], {
    cwd: guest.home,
    env: { PATH: guest.path, HOME: guest.home, [KNOBS_VARIABLE]: process.env[KNOBS_VARIABLE] },
    detached: true,
  })
  channel.pipe(child.stdin)
  child.stdin.on('error', () => undefined)
  child.stdout.pipe(channel, { end: false })
  child.stderr.pipe(channel.stderr, { end: false })
  child.on('error', (error) => channel.stderr.write(`${error.message}\n`))
  child.on('close', (code, signal) => {
    if (signal === null) channel.exit(code ?? 255)
    else channel.exit(signal.slice(3))
    // Not `close`, which would drop what still waits for the client's window.
    channel.end()
  })
  return child
}
