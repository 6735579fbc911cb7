import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import prettyBytes from 'pretty-bytes'
import { locationUrl } from '../../backend/location.js'
import { chooseAccelerator, readHostFacts } from '../../local-vm/qemu/accelerator.js'
import type { Context } from '../context.js'
import { explain } from '../explain.js'
import { remedyOf } from '../explain/build-causes.js'
import {
  BUILD_PREREQUISITES,
  findMissing,
  installCommand,
  locate,
  LOCAL_PREREQUISITES,
  type Prerequisite,
} from './prerequisites.js'
import { run, RunError } from '../run.js'
import { examineWays } from '../engine/obtain.js'
import { findEngine } from '../engine/resolve.js'
import { LabError } from '../errors.js'
import { minimumEngine, sourcesOf } from '../lab/engine-for.js'

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
    ...(await examineBuild(context)),
    examineAcceleration(),
    await examineFolder('state folder', env.home, 'DISTROLAB_HOME'),
    await examineFolder('cache folder', env.cache, 'DISTROLAB_CACHE'),
    await examineBackend(context),
  ]
}

/** Which engine a command would take and why; none is obtained. */
async function examineEngine(context: Context): Promise<Finding> {
  const minimum = minimumEngine(context)
  const { engine, passedOver } = await findEngine(context.env, minimum)
  const why = [`${minimum} or newer is needed`, ...passedOver].join('; ')
  if (engine !== undefined) {
    const { version, source, path } = engine
    return { name: 'OpenTofu', status: 'ok', found: `${version} (${source}: ${path}); ${why}`, fix: '' }
  }
  const { way, failures } =
    context.env.tofu === undefined ? await examineWays(sourcesOf(context)) : { way: undefined, failures: [] }
  if (way !== undefined) {
    const found = `not yet: the first command that needs it ${way}; ${why}`
    return { name: 'OpenTofu', status: 'slow', found, fix: '' }
  }
  const rejected = [...passedOver, ...failures]
  const { message, hint } = explain(new LabError({ code: 'engine-missing', minimum, rejected }))
  return { name: `OpenTofu ${minimum}`, status: 'missing', found: message, fix: hint }
}

async function examinePrerequisite({ env }: Context, wanted: Prerequisite): Promise<Finding> {
  const path = await locate(env, wanted)
  const name = `${wanted.name} (${wanted.purpose})`
  if (path === undefined)
    return { name, status: 'missing', found: 'nothing', fix: installCommand(env, [wanted]) }
  if (wanted.versionArgs === undefined) return { name, status: 'ok', found: path, fix: '' }
  return { name, ...(await started(path, wanted.versionArgs, installCommand(env, [wanted]))) }
}

/** Tries it; what is missing only matters where no image can be downloaded. */
async function examineBuild({ env }: Context): Promise<Finding[]> {
  if ((await findMissing(env, BUILD_PREREQUISITES)).length > 0) return []
  const name = 'image build (when none can be downloaded)'
  const { missingRight, mayMount } = await import('../../local-vm/image/build-rights.js')
  const missing = await missingRight()
  if (missing !== undefined) {
    const { message, hint } = remedyOf(missing)
    return [{ name, status: 'missing', found: message, fix: hint }]
  }
  const asRoot = async (): Promise<string> => ((await mayMount()) ? 'as root' : 'as root, without mounting')
  const found = env.isRoot ? await asRoot() : 'in a user namespace'
  return [{ name, status: 'ok', found, fix: '' }]
}

/** Starts it: one that is there may lack a library, or be for another processor. */
async function started(path: string, args: readonly string[], fix: string): Promise<Omit<Finding, 'name'>> {
  try {
    const { stdout, stderr } = await run(path, args)
    return { status: 'ok', found: (stdout || stderr).split('\n')[0]?.trim() ?? path, fix: '' }
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    const { failure } = error
    const reason = failure.kind === 'spawn-failed' ? failure.reason : failure.stderr || failure.kind
    return { status: 'missing', found: `${path} does not start: ${reason.split('\n')[0]}`, fix }
  }
}

function examineAcceleration(): Finding {
  const host = readHostFacts()
  const accelerator = host.architecture === undefined ? 'tcg' : chooseAccelerator(host, host.architecture)
  const name = 'hardware acceleration'
  if (accelerator !== 'tcg') return { name, status: 'ok', found: accelerator, fix: '' }
  const found = 'none: VMs run in software emulation, several times slower'
  const fix = 'on real hardware: enable virtualisation in the firmware and join the kvm group'
  return { name, status: 'slow', found, fix }
}

async function examineFolder(name: string, path: string, variable: string): Promise<Finding> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await rm(await mkdtemp(join(path, '.doctor-')), { recursive: true })
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
    context.interrupt.signal.throwIfAborted()
    const { message, hint } = explain(error)
    return { name, status: 'missing', found: message, fix: hint }
  }
}
