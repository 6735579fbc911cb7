import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CliProcess, type CliRun } from '../../stand-in/lab-cli.js'
import type { Sandbox } from '../../stand-in/sandbox.js'
import { WarmProcess } from '../../stand-in/warm-cli.js'
import { Canaries } from './canaries.js'
import type { Line } from './commands.js'

export interface Attack {
  readonly name: string
  /** Puts it into the backend, at the lab `bad` or beside it. */
  write(world: World): Promise<void>
  /** What a command about this lab or image must say when it refuses: the field, or the file. Missing: it may do its work. */
  readonly says?: string
  /** Whether it is the lab's document or an image's; neither: the backend's own. */
  readonly about?: Line['about']
  /** Nothing works without it, so that the good lab does not either. */
  readonly isForAll?: boolean
  /** Only what would act on the document refuses it; what shows it may show it. */
  readonly isShown?: boolean
}

type Json = Record<string, unknown>
/** Completion is not behind `main`. */
const COMPLETION = '__complete'
const COMMAND = /^\s*(Next:|distrolab|cd|tofu|ssh|mv|rm|ls|aws|az|gcloud)\b/
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** One backend with two labs of a user: `good`, and `bad`, into whose documents somebody hostile writes. */
export class World {
  readonly canaries: Canaries
  #warm: WarmProcess | undefined
  #machine: number | undefined
  #program: string | undefined
  /** What is still at work then hangs. In milliseconds. */
  limitMs = 20_000

  private constructor(
    readonly box: Sandbox,
    /** Whether each command has a process of its own, as users start it; otherwise all run in one that stays. */
    private readonly isFresh: boolean,
  ) {
    this.canaries = new Canaries(box.root)
  }

  static async make(box: Sandbox, isFresh = false): Promise<World> {
    const world = new World(box, isFresh)
    await world.canaries.set()
    await mkdir(world.#onlyTouch)
    await symlink('/usr/bin/touch', join(world.#onlyTouch, 'touch'))
    await box.ok('up', '--profile', 'debian-local', '--name', 'good')
    await world.#bringUp()
    return world
  }

  get labs(): string {
    return join(this.box.home, 'labs')
  }

  /** A document of the bad lab: `record.json`, `lease.json`, `tofu.tfstate`, or one in `events`. */
  file(name: string): string {
    return join(this.labs, 'bad', name)
  }

  async edit(file: string, change: (document: Json) => Json): Promise<void> {
    await writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, 'utf8')) as Json)))
  }

  async run(words: readonly string[]): Promise<CliRun | undefined> {
    const [verb = ''] = words
    if (this.isFresh || verb === COMPLETION) {
      const started = new CliProcess(words, this.#env, {})
      const result = await within(started.done, this.limitMs)
      if (result === undefined) started.signal('SIGKILL')
      return result
    }
    this.#warm ??= new WarmProcess(this.#program)
    const result = await within(this.#warm.run(this.#env, words), this.limitMs)
    if (result === undefined) await this.#cool()
    return result
  }

  /** Everything that goes wrong when these commands meet the attack; then all is as it was before. */
  async faults(attack: Attack, lines: readonly Line[]): Promise<readonly string[]> {
    await attack.write(this)
    const faults: string[] = []
    for (const line of lines) {
      const found = await this.#faultsOf(attack, line)
      faults.push(...found.map((fault) => `${line.words.join(' ')}: ${fault}`))
    }
    faults.push(...(await this.#faultsOfGood(attack)))
    await this.heal()
    return faults
  }

  async #faultsOf(attack: Attack, line: Line): Promise<readonly string[]> {
    const result = await this.run(line.words)
    if (result === undefined) return [`does not end in ${this.limitMs} ms`]
    const said = result.stdout + result.stderr
    const faults = [...(await this.canaries.harms()), ...(await this.#pasted(said))]
    const raw = UNPRINTABLE.exec(said)
    if (raw !== null) faults.push(`writes ${JSON.stringify(said.slice(raw.index - 20, raw.index + 20))}`)
    if (/^Next: {2}rm/m.test(said)) faults.push('writes a line of the document as its own')
    if (result.code === null || /went wrong inside distrolab/.test(said))
      faults.push(`breaks: ${said.slice(0, 600)}`)
    const isActing = ACTING.includes(line.words[0] ?? '')
    const isAbout = line.about !== undefined && line.about === attack.about
    const isRefusing = attack.says !== undefined && isAbout && (isActing || attack.isShown !== true)
    if (attack.says !== undefined && isRefusing && !said.includes(attack.says))
      faults.push(`does not name ${attack.says}: ${said.slice(0, 600)}`)
    if (isRefusing && isActing && result.code === 0) faults.push('succeeds')
    if (faults.length > 0) await this.canaries.set()
    return faults
  }

  /** Whoever pastes a command that is shown runs no other one. */
  async #pasted(said: string): Promise<readonly string[]> {
    const shown = said.split('\n').filter((text) => COMMAND.test(text) && text.includes(this.canaries.ran))
    if (shown.length === 0) return []
    for (const text of shown) {
      const command = `kill() { :; }\n${text.replace('Next:', '')}`
      const options = { cwd: this.box.root, env: { PATH: this.#onlyTouch } }
      await promisify(execFile)('/bin/sh', ['-c', command], options).catch(() => undefined)
    }
    const harms = await this.canaries.harms()
    return harms.map((harm) => `pasted from it: ${harm}`)
  }

  async #faultsOfGood({ isForAll, says = '' }: Attack): Promise<readonly string[]> {
    const list = await this.run(['list', '--all'])
    const said = `${list?.stdout}${list?.stderr}`
    if (isForAll === true) return said.includes(says) ? [] : [`list does not name ${says}: ${said}`]
    const missing = ['good', 'bad'].filter((lab) => !new RegExp(`\\b${lab}\\b`).test(said))
    const faults = missing.map((lab) => `list does not name ${lab}: ${said}`)
    const exec = await this.run(['exec', 'good', '--', 'true'])
    if (exec?.code !== 0) faults.push(`exec in the good lab: ${exec?.stderr}`)
    return faults
  }

  /** As it was before the attack, the machine of the bad lab included. */
  async heal(): Promise<void> {
    await this.canaries.set()
    await rm(this.#images, { recursive: true, force: true })
    await rm(join(this.box.home, 'backend.json'), { recursive: true, force: true })
    await cp(join(this.#saved, 'backend.json'), join(this.box.home, 'backend.json'))
    await rm(join(this.labs, 'bad'), { recursive: true, force: true })
    await cp(join(this.#saved, 'bad'), join(this.labs, 'bad'), { recursive: true, preserveTimestamps: true })
    if (this.#machineOfBad() === this.#machine) return
    await this.box.ok('down', 'bad')
    await this.#bringUp()
  }

  /** The other build from now on; without one, the real program. */
  async use(program?: string): Promise<void> {
    await this.#cool()
    this.#program = program
  }

  async close(): Promise<void> {
    this.canaries.remove()
    await this.#cool()
  }

  async putImage(body: string): Promise<string> {
    const file = join(this.#images, 'google', 'arch', 'x86_64', 'record.json')
    await mkdir(join(file, '..'), { recursive: true })
    await writeFile(file, body)
    return file
  }

  async #bringUp(): Promise<void> {
    await this.box.ok('up', '--profile', 'debian-local', '--name', 'bad', '--ttl', '8h')
    this.#machine = this.#machineOfBad()
    await rm(this.#saved, { recursive: true, force: true })
    await mkdir(this.#saved)
    await cp(join(this.labs, 'bad'), join(this.#saved, 'bad'), { recursive: true })
    await cp(join(this.box.home, 'backend.json'), join(this.#saved, 'backend.json'))
  }

  #machineOfBad(): number | undefined {
    return this.box.machines().find(({ id }) => id.includes('-bad-'))?.pid
  }

  async #cool(): Promise<void> {
    await this.#warm?.close()
    this.#warm = undefined
  }

  get #env(): NodeJS.ProcessEnv {
    // Only what is made in this session is cleaned up with it: nothing.
    return { ...this.box.env, DISTROLAB_SESSION: 'another' }
  }
  get #onlyTouch(): string {
    return join(this.box.root, 'only-touch')
  }
  get #images(): string {
    return join(this.box.home, 'images')
  }
  get #saved(): string {
    return join(this.box.root, 'saved')
  }
}

/** With a bad record none of them may say that it succeeded. */
const ACTING = ['up', 'down', 'exec', 'ssh', 'reset', 'swap']

async function within<T>(result: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs)
  })
  try {
    return await Promise.race([result, late])
  } finally {
    clearTimeout(timer)
  }
}
