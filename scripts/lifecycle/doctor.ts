import { constants } from 'node:fs'
import { access, mkdir, statfs } from 'node:fs/promises'
import prettyBytes from 'pretty-bytes'
import { locationUrl } from '../../backend/location.js'
import { chooseAccelerator, readHostFacts } from '../../stacks/local/driver/qemu/accelerator.js'
import type { Context } from '../context.js'
import { explain } from '../explain.js'
import { installCommand, locate, LOCAL_PREREQUISITES, type Prerequisite } from '../prerequisites.js'
import { run, RunError } from '../run.js'
import { engineFor, minimumEngine } from './engine-for.js'

export interface Finding {
  readonly name: string
  /** `slow`: works, but could be better. */
  readonly status: 'ok' | 'missing' | 'slow'
  readonly found: string
  /** The command to type; empty where nothing is to be done. */
  readonly fix: string
}

/** Everything this computer needs for labs, whether it is there or not. Changes nothing but makes the two folders. */
export async function examine(context: Context): Promise<Finding[]> {
  const { env } = context
  return [
    { name: 'Node.js', status: 'ok', found: process.version, fix: '' },
    await examineEngine(context),
    ...(await Promise.all(LOCAL_PREREQUISITES.map((wanted) => examinePrerequisite(context, wanted)))),
    examineAcceleration(),
    await examineFolder('state folder', env.home, 'DISTROLAB_HOME'),
    await examineFolder('cache folder', env.cache, 'DISTROLAB_CACHE'),
    await examineBackend(context),
  ]
}

async function examineEngine(context: Context): Promise<Finding> {
  try {
    const { path, version, source } = await engineFor(context)
    return { name: 'OpenTofu', status: 'ok', found: `${version} (${source}: ${path})`, fix: '' }
  } catch (error) {
    const { message, hint } = explain(error)
    return { name: `OpenTofu ${minimumEngine(context)}`, status: 'missing', found: message, fix: hint }
  }
}

async function examinePrerequisite({ env }: Context, wanted: Prerequisite): Promise<Finding> {
  const path = await locate(env, wanted)
  const name = `${wanted.name} (${wanted.purpose})`
  if (path === undefined)
    return { name, status: 'missing', found: 'nothing', fix: installCommand(env, [wanted]) }
  const version = wanted.versionArgs === undefined ? undefined : await versionOf(path, wanted.versionArgs)
  return { name, status: 'ok', found: version ?? path, fix: '' }
}

/** The first line a program says of its version, on whichever stream. */
async function versionOf(path: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(path, args)
    return (stdout || stderr).split('\n')[0]?.trim()
  } catch (error) {
    if (error instanceof RunError) return undefined
    throw error
  }
}

function examineAcceleration(): Finding {
  const host = readHostFacts()
  const accelerator = host.architecture === undefined ? 'tcg' : chooseAccelerator(host, host.architecture)
  const name = 'hardware acceleration'
  if (accelerator !== 'tcg') return { name, status: 'ok', found: accelerator, fix: '' }
  const found = 'none that works: VMs run in software, several times slower'
  const fix = 'on real hardware: enable virtualisation in the firmware and join the kvm group'
  return { name, status: 'slow', found, fix }
}

async function examineFolder(name: string, path: string, variable: string): Promise<Finding> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await access(path, constants.W_OK)
    const { bavail, bsize } = await statfs(path)
    return { name, status: 'ok', found: `${path} (${prettyBytes(bavail * bsize)} free)`, fix: '' }
  } catch (error) {
    return {
      name,
      status: 'missing',
      found: (error as Error).message,
      fix: `set ${variable} to a writable folder`,
    }
  }
}

async function examineBackend(context: Context): Promise<Finding> {
  const name = 'backend'
  try {
    await (await context.store()).list('labs/')
    return { name, status: 'ok', found: locationUrl(context.location), fix: '' }
  } catch (error) {
    const { message, hint } = explain(error)
    return { name, status: 'missing', found: message, fix: hint }
  }
}
