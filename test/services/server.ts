import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A real server for a test, on its own port. */
export interface Server {
  readonly url: string
  stop(): Promise<void>
}

export interface ServerCommand {
  readonly program: string
  readonly args: (port: number) => readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Answers once the server works, with any status. */
  readonly path?: string
  /** Default: http. Any certificate of an https server is accepted for this check. */
  readonly scheme?: 'http' | 'https'
}

const PATIENCE_MS = 60_000
const LAST_WORDS = 2_000

/** Starts a server and waits until it answers. It ends with `stop`, and with this process. */
export async function startServer({
  program,
  args,
  env,
  path = '/',
  scheme = 'http',
}: ServerCommand): Promise<Server> {
  const port = await freePort()
  const url = `${scheme}://127.0.0.1:${port}`
  const child = spawn(program, args(port), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = lastWords(child)
  const endWithUs = (): void => void child.kill('SIGKILL')
  process.once('exit', endWithUs)
  const stop = async (): Promise<void> => {
    process.off('exit', endWithUs)
    if (hasEnded(child)) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  const deadline = performance.now() + PATIENCE_MS
  while (!(await answers(`${url}${path}`))) {
    if (hasEnded(child) || performance.now() > deadline) {
      await stop()
      throw new Error(`${program} does not answer at ${url}:\n${said()}`)
    }
    await sleep(50)
  }
  return { url, stop }
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

/** Reads everything, so that the server never waits for a full pipe, and keeps the end. */
function lastWords(child: ChildProcess): () => string {
  let text = ''
  const hear = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-LAST_WORDS)
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  child.once('error', (error) => hear(Buffer.from(error.message)))
  return () => text
}

async function answers(url: string): Promise<boolean> {
  try {
    if (url.startsWith('https:')) {
      const asked = get(url, { rejectUnauthorized: false, timeout: 2_000, agent: false })
      const [response] = (await once(asked, 'response')) as [IncomingMessage]
      response.resume()
      return true
    }
    await (await fetch(url, { signal: AbortSignal.timeout(2_000) })).arrayBuffer()
    return true
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new TypeError('a port is a number')
  return address.port
}
