import { readdir, readFile, readlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { DriverError, errnoOf } from '../errors.js'

/** Throws `port-taken`, with the listening program if /proc tells, unless 127.0.0.1:`port` can be bound. */
export async function requireFreePort(port: number): Promise<void> {
  if (await canBind(port)) return
  throw new DriverError({ code: 'port-taken', port, by: await ownerOf(port) })
}

/** Whether nothing listens on 127.0.0.1:`port`, and we may. */
export function canBind(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error) => {
      const code = errnoOf(error)
      if (code === 'EADDRINUSE' || code === 'EACCES') resolve(false)
      else reject(error)
    })
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

const LISTENING = '0A'

/** `name (pid)` of the process listening on a TCP port, found by its socket's inode; proc_net(5). */
async function ownerOf(port: number): Promise<string | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readText(file)))
  const inodes = tables
    .flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)))
    .filter((fields) => fields[3] === LISTENING && parseInt(fields[1]?.split(':')[1] ?? '', 16) === port)
    .map((fields) => `socket:[${fields[9]}]`)
  if (inodes.length === 0) return undefined
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const owners = await Promise.all(
    pids.map(async (pid) => ((await holdsSocket(pid, inodes)) ? pid : undefined)),
  )
  const pid = owners.find((owner) => owner !== undefined)
  return pid === undefined ? undefined : `${(await readText(`/proc/${pid}/comm`)).trim()} (pid ${pid})`
}

async function holdsSocket(pid: string, inodes: readonly string[]): Promise<boolean> {
  // Processes of other users, and processes that have just ended, cannot be inspected.
  const descriptors = await readdir(`/proc/${pid}/fd`).catch((): string[] => [])
  const targets = await Promise.all(
    descriptors.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')),
  )
  return targets.some((target) => inodes.includes(target))
}

const readText = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '')
