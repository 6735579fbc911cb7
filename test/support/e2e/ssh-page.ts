import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readSource, until } from '../cli/support.js'
import type { RealUser } from './real-lab.js'

const call = promisify(execFile)
const CLI = fileURLToPath(new URL('../../../bundle/cli.js', import.meta.url))
/** On the page it is port 80 of the machine, where nothing listens. */
const TUNNEL = { port: 18_080, to: 22 }

/** The commands of docs/ssh.md, run in a fresh home with a real lab instead of `debian-local`. */
export class SshPage {
  private constructor(
    private readonly text: string,
    private readonly lab: string,
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async read(user: RealUser, lab: string): Promise<SshPage> {
    const folder = join(user.root, 'fresh-home')
    const bin = join(user.root, 'fresh-bin')
    await mkdir(folder)
    await mkdir(bin)
    await program(join(bin, 'distrolab'), `exec '${process.execPath}' '${CLI}' "$@"`)
    // OpenSSH takes the home of its user from passwd(5), whatever HOME says.
    for (const name of ['ssh', 'scp'])
      await program(join(bin, name), `exec /usr/bin/${name} -F "$HOME/.ssh/config" -o BatchMode=yes "$@"`)
    const env = { ...user.env, HOME: folder, PATH: `${bin}:${process.env['PATH'] ?? ''}` }
    const page = (await readSource('docs/ssh.md')).replaceAll('--profile debian-local', lab)
    return new SshPage(page.replaceAll('debian-local', lab), lab, folder, env)
  }

  /** The output of a command line in the home. */
  async inHome(line: string): Promise<string> {
    return (await call('sh', ['-ec', line], { cwd: this.folder, env: this.env })).stdout
  }

  /** Puts this computer's rsync on the machine, because a mirror of packages may be slow or out of step. */
  async giveRsync(): Promise<void> {
    await this.inHome(`distrolab up ${this.lab} --ssh-config
      mkdir rsync
      cp -L $(ldd "$(command -v rsync)" | grep -o '/[^ ]*') "$(command -v rsync)" rsync/
      printf '#!/bin/sh\\nexec ~/rsync/ld-* --library-path ~/rsync ~/rsync/rsync "$@"\\n' > rsync/run
      chmod +x rsync/run
      scp -q -r rsync ${this.lab}:
      ssh ${this.lab} sudo install rsync/run /usr/local/bin/rsync`)
  }

  /** Runs every block of these fences, in the order of the page. */
  async run(...fences: string[]): Promise<void> {
    for (const block of this.#blocks(fences)) await this.inHome(block)
  }

  #blocks(fences: readonly string[]): string[] {
    const blocks = [...this.text.matchAll(/^```([a-z ]+)\n([^]*?)^```$/gm)]
    return blocks.flatMap(([, fence = '', block = '']) => (fences.includes(fence) ? [block] : []))
  }

  /** What the sshd of the machine says at the near end of the page's tunnel. */
  async banner(): Promise<string> {
    const [line = ''] = this.#blocks(['sh open'])
    const words = line
      .replace('8080', String(TUNNEL.port))
      .replace(':80 ', `:${TUNNEL.to} `)
      .trim()
      .split(' ')
    const tunnel = spawn(words[0] ?? '', words.slice(1), { cwd: this.folder, env: this.env, stdio: 'ignore' })
    const ended = once(tunnel, 'close')
    try {
      return await until(() => firstData(TUNNEL.port), `the tunnel to ${this.lab}`)
    } finally {
      tunnel.kill()
      await ended
    }
  }
}

/** Undefined if nothing listens there yet. */
function firstData(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('data', (data) => {
      resolve(data.toString())
      socket.destroy()
    })
    socket.once('error', () => resolve(undefined))
    socket.once('close', () => resolve(undefined))
  })
}

async function program(path: string, script: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
}
