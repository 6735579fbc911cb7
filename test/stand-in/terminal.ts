import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { quoteForShell } from '../../scripts/machine/shell.js'
import { CLI, waitUntil } from './lab-cli.js'

/** The real program at its own terminal (script(1) makes one); its whole output comes together. */
export class TerminalProcess {
  readonly done: Promise<{ readonly code: number | null; readonly screen: string }>
  #screen = ''
  readonly #child: ChildProcess

  constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    const line = [process.execPath, CLI, ...args].map(quoteForShell).join(' ')
    const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
      env: { ...env, SHELL: '/bin/sh', TERM: 'xterm' },
      cwd: '/',
      stdio: 'pipe',
    })
    child.stdout.on('data', (chunk: Buffer) => (this.#screen += chunk.toString()))
    this.#child = child
    this.done = once(child, 'close').then(([code]) => ({ code: code as number | null, screen: this.#screen }))
  }

  /** Waits until this is on the screen. */
  async shows(text: string): Promise<void> {
    let ended = false
    void this.done.then(() => (ended = true))
    await waitUntil(`"${text}" on the screen`, () => {
      const isShown = this.#screen.includes(text)
      if (!isShown && ended) throw new Error(`it ended without showing ${text}:\n${this.#screen}`)
      return isShown
    })
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys)
  }
}

export const keys = { ctrlC: '\u0003', ctrlD: '\u0004', enter: '\r' } as const
