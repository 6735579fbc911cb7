import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { until } from '../cli/support.js'

const call = promisify(execFile)

/** A real ssh-agent of our own. */
export interface Agent {
  readonly socket: string
  add(keyFile: string, passphrase?: string): Promise<void>
  stop(): Promise<void>
}

export async function startAgent(folder: string): Promise<Agent> {
  const socket = join(folder, 'agent.sock')
  const child: ChildProcess = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  await until(() => existsSync(socket), 'the ssh-agent')
  return {
    socket,
    async add(keyFile, passphrase) {
      // ssh-add asks SSH_ASKPASS for the passphrase: `echo` would print the prompt, so printenv says it.
      const answer =
        passphrase === undefined ? {} : { SSH_ASKPASS: await askpass(folder), PASSPHRASE: passphrase }
      const env = {
        ...process.env,
        SSH_AUTH_SOCK: socket,
        SSH_ASKPASS_REQUIRE: 'force',
        DISPLAY: ':0',
        ...answer,
      }
      await call('ssh-add', ['-q', keyFile], { env })
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function askpass(folder: string): Promise<string> {
  const { shellProgram } = await import('../cli/executables.js')
  return shellProgram(join(folder, 'askpass'), 'printf "%s\\n" "$PASSPHRASE"')
}

/** Makes a key pair with the real ssh-keygen; returns the public line without comment. */
export async function makeKey(file: string, passphrase = '', type = 'ed25519'): Promise<string> {
  await call('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'a comment', '-f', file])
  const { stdout } = await call('ssh-keygen', ['-y', '-P', passphrase, '-f', file])
  return stdout.trim().split(' ').slice(0, 2).join(' ')
}
