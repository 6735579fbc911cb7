import { fileURLToPath } from 'node:url'
import { run, type Output } from '../../scripts/run.js'

/** A network in which every address is this computer's: nothing leaves, and the addresses of an emulated cloud answer. */
const NETWORK = 'ip link set lo up && ip route add local default dev lo && exec "$@"'

/** Runs a compiled module, beside `base`, in such a network. */
export function runInOwnNetwork(module: string, base: string, ...args: readonly string[]): Promise<Output> {
  const isRoot = process.getuid?.() === 0
  const unshare = ['--net', ...(isRoot ? [] : ['--map-root-user'])]
  const worker = fileURLToPath(new URL(module, base))
  return run('unshare', [...unshare, 'sh', '-c', NETWORK, 'sh', process.execPath, worker, ...args])
}
