import { spawn, type ChildProcess } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import ssh2, { type AuthContext, type ServerChannel } from 'ssh2'
import { KNOBS_VARIABLE, type Knobs } from './knobs.js'
import type { StandInMachine } from './machine.js'
import { signalIfAlive } from './processes.js'

const SFTP_SERVER = '/usr/lib/openssh/sftp-server'

/**
 * The machine's sshd: accepts only the seed's user and keys, and runs commands with `sh -c`, and OpenSSH's
 * own SFTP server, on this computer.
 */
export function buildSshServer(
  machine: StandInMachine,
  knobs: () => Knobs,
): { accept(socket: Socket): void } {
  // OpenSSH's SFTP server expects the two paths of a new link in reverse order; clients detect it by its
  // name.
  const server = new ssh2.Server({ hostKeys: [machine.hostKey], ident: 'OpenSSH_stand_in' }, (client) => {
    client.on('error', () => undefined)
    client.on('authentication', (context) => {
      if (!knobs().refuseKeys && isAllowed(machine, context)) context.accept()
      else context.reject(['publickey'])
    })
    client.on('tcpip', (acceptChannel, reject, { destIP, destPort }) => {
      const socket = connect(destPort, destIP)
      socket.once('error', () => reject())
      socket.once('connect', () => {
        const channel = acceptChannel()
        socket.on('error', () => channel.close())
        channel.on('error', () => socket.destroy())
        socket.pipe(channel).pipe(socket)
      })
    })
    client.on('session', (acceptSession) => {
      const session = acceptSession()
      let child: ChildProcess | undefined
      // ssh2's server drops every request after an end-of-file; sshd accepts them, and RFC 4254 §5.3 allows
      // them.
      session.on('eof', () => ((session as unknown as { _ending: boolean })._ending = false))
      let shell = ['sh', '-c']
      session.on('pty', (accept) => {
        shell = ['script', '--quiet', '--return', '/dev/null', '--command']
        ;(accept as (() => void) | undefined)?.()
      })
      session.on('env', (accept: (() => void) | undefined) => accept?.())
      session.on('signal', (accept, _reject, { name }) => {
        if (child?.pid !== undefined) signalIfAlive(-child.pid, `SIG${name}` as NodeJS.Signals)
        ;(accept as (() => void) | undefined)?.()
      })
      session.on(
        'exec',
        (accept, _reject, { command }) => (child = runProgram(machine, accept(), [...shell, command])),
      )
      session.on('subsystem', (accept, reject, { name }) => {
        if (name !== 'sftp' || knobs().refuseSftp) reject()
        else child = runProgram(machine, accept(), [SFTP_SERVER])
      })
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

/** `setpriv`: programs on a machine end with it, even if QEMU is killed. */
function runProgram(
  { guest }: StandInMachine,
  channel: ServerChannel,
  words: readonly string[],
): ChildProcess {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...words], {
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
    // Not `close`, which would drop data that still waits for the client's window.
    channel.end()
  })
  return child
}
