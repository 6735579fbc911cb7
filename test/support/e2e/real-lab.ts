import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { struckAt, type KillPoint } from '../../stand-in/kill-point.js'
import { testCache } from '../../test-cache.js'

const cli = fileURLToPath(new URL('../../../bundle/cli.js', import.meta.url))

export interface Ran {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A user with an empty state folder and a cache of their own, but for the images: those stay between runs. */
export interface RealUser {
  /** Above the two folders. */
  readonly root: string
  readonly env: NodeJS.ProcessEnv
  readonly home: string
  readonly cache: string
  distrolab(...args: string[]): Promise<Ran>
  /** Only starts it. */
  start(...args: string[]): ChildProcess
  /** What a command that must succeed printed. */
  ok(...args: string[]): Promise<string>
  /** With a kill -9 at that point; null as exit code says that it got there. */
  killed(point: KillPoint, verb: string, ...args: string[]): Promise<Ran>
  /** Runs a command line as it would be pasted into a shell. */
  paste(line: string): Promise<Ran>
  /** Command lines of the processes that have to do with this user's labs. */
  processes(): Promise<string[]>
  remove(): Promise<void>
}

export async function newUser(): Promise<RealUser> {
  const folder = await mkdtemp(join(tmpdir(), 'distrolab-e2e-'))
  const home = join(folder, 'home')
  const cache = join(folder, 'cache')
  const images = join(testCache, 'images')
  await mkdir(images, { recursive: true })
  await mkdir(cache)
  await symlink(images, join(cache, 'images'))
  // Hints name `npm run` to who came by it; these users typed `distrolab`, even where npm runs the tests.
  const env = { ...process.env, DISTROLAB_HOME: home, DISTROLAB_CACHE: cache, npm_lifecycle_event: undefined }
  const run = (program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ran> =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, { env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'] })
      const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
      child.stdout.on('data', (chunk: Buffer) => chunks.stdout.push(chunk))
      child.stderr.on('data', (chunk: Buffer) => chunks.stderr.push(chunk))
      child.once('error', reject)
      child.once('close', (exitCode) => {
        const text = (parts: Buffer[]): string => Buffer.concat(parts).toString()
        resolve({ exitCode, stdout: text(chunks.stdout), stderr: text(chunks.stderr) })
      })
    })
  const distrolab = (...args: string[]): Promise<Ran> => run(process.execPath, [cli, ...args])
  return {
    root: folder,
    home,
    cache,
    env,
    distrolab,
    start: (...args) => spawn(process.execPath, [cli, ...args], { env, stdio: 'ignore' }),
    async ok(...args) {
      const { exitCode, stdout, stderr } = await distrolab(...args)
      if (exitCode !== 0) throw new Error(`${args.join(' ')} → ${exitCode}\n${stdout}${stderr}`)
      return stdout.trim()
    },
    killed: (point, verb, ...args) =>
      run(process.execPath, [cli, verb, '-v', ...args], struckAt(point, 'kill -9')),
    paste: (line) => run('sh', ['-c', line]),
    processes: () => processesNaming(folder),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

async function processesNaming(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
  return (await Promise.all(lines))
    .map((line) => line.replaceAll('\0', ' '))
    .filter((line) => line.includes(text))
}

export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
