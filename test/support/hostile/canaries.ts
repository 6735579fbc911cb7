import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { identifyProcess, type ProcessIdentity } from '../../../backend/process-identity.js'

const FILES: Readonly<Record<string, string>> = {
  'Documents/letter': 'dear',
  'Documents/machine.json': '{"id":"somebody-else"}\n',
  'Documents/taxes/2026': '0',
  '.ssh/authorized_keys': 'ssh-ed25519 AAAA me\n',
}

/** What a user has besides labs, and what no command may touch; and the file that an injected command would make. */
export class Canaries {
  readonly documents: string
  readonly secret: string
  /** Exists as soon as an injected command was run. */
  readonly ran: string
  #process: ChildProcess | undefined

  constructor(private readonly root: string) {
    this.documents = join(root, 'user', 'Documents')
    this.secret = join(this.documents, 'letter')
    this.ran = join(root, 'ran')
  }

  /** Also brings back what a hostile document has destroyed, so that the next one is judged by itself. */
  async set(): Promise<void> {
    await rm(this.ran, { force: true, recursive: true })
    for (const folder of ['Documents', '.ssh'])
      await rm(join(this.root, 'user', folder), { recursive: true, force: true })
    for (const [name, text] of Object.entries(FILES)) {
      const path = join(this.root, 'user', name)
      await mkdir(join(path, '..'), { recursive: true })
      await writeFile(path, text)
    }
    if (this.#isAlive()) return
    this.#process = spawn('sleep', ['3600'], { stdio: 'ignore', env: {} })
  }

  /** The process that no command may signal, as a record would name it. */
  get victim(): ProcessIdentity {
    const identity = identifyProcess(this.#process?.pid ?? -1)
    if (identity === undefined) throw new Error('the canary process has ended')
    return identity
  }

  /** One line for each harm that was done. */
  async harms(): Promise<readonly string[]> {
    const harms: string[] = []
    if (existsSync(this.ran)) harms.push('a command of the document was run')
    if (!this.#isAlive()) harms.push('a process of the user was ended')
    for (const [name, text] of Object.entries(FILES)) {
      const found = await readFile(join(this.root, 'user', name), 'utf8').catch(() => undefined)
      if (found !== text) harms.push(`${name} is ${found === undefined ? 'gone' : 'changed'}`)
    }
    for (const folder of ['Documents', 'Documents/taxes', '.ssh']) {
      const known = Object.keys(FILES).map((name) =>
        name
          .split('/')
          .slice(0, folder.split('/').length + 1)
          .join('/'),
      )
      const names = await readdir(join(this.root, 'user', folder)).catch(() => [])
      const added = names.filter((name) => !known.includes(`${folder}/${name}`))
      if (added.length > 0) harms.push(`${folder} has got ${added.join(', ')}`)
    }
    const mode = (await lstat(this.secret).catch(() => undefined))?.mode
    if (mode !== undefined && (mode & 0o777) !== 0o644) harms.push('Documents/letter has another mode')
    return harms
  }

  remove(): void {
    this.#process?.kill('SIGKILL')
  }

  #isAlive(): boolean {
    const found = this.#process
    return found !== undefined && found.exitCode === null && found.signalCode === null
  }
}
