import { randomBytes } from 'node:crypto'
import { copyFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { DriverError } from '../errors.js'
import { writeExpiry } from '../machine/expiry.js'
import { IDENTITY_NAME, type MachineFiles } from '../files.js'
import { createOverlay } from '../image/qemu-img.js'
import { armAnew } from '../machine/arming.js'
import type { Context } from '../machine/context.js'
import {
  linkImage,
  linkOrCopy,
  type MachineMeta,
  type WarmOrigin,
  writeMeta,
  writeSeed,
} from '../machine/disk.js'
import { makeFolder } from '../machine/folder.js'
import { markAsOurs } from '../machine/own-folder.js'
import { removeMachine } from '../machine/remove.js'
import { launch, toResult } from '../machine/start.js'
import type { ImageResult, MachineSpec, ResultOf, WarmWish } from '../protocol.js'
import { loadDevices } from '../qemu/migration.js'
import { QmpFailure, QmpSession } from '../qemu/qmp.js'
import { connectIn } from '../qemu/socket-in.js'
import { firstLine } from './answer.js'
import { makeHostKey, type HostKey } from './host-key.js'
import { identityProgram, TAKEN } from './identity-program.js'
import { keyOf, likenessOf, readLayerFacts } from './layer-key.js'
import { discardLayer, findLayer, type Layer, markAsUsed } from './layer.js'

const GIB = 1024 ** 3
/** Without KVM, on a busy computer. A guest that says nothing by then is not going to. */
const IDENTITY_MS = 90_000

type WishingSpec = MachineSpec & { readonly warm: WarmWish }

export type Cloned =
  | { readonly created: ResultOf['create'] }
  /** The machine must boot; nothing of it exists. */
  | { readonly origin: WarmOrigin | undefined }

/**
 * Makes the machine as a clone, if it may be one and there is a warm image that fits. One that does not work is discarded.
 * Its folder must be empty or absent. Throws what would also prevent a start, such as port-taken.
 */
export async function cloneIfWarm(
  spec: MachineSpec,
  image: ImageResult,
  files: MachineFiles,
  context: Context,
): Promise<Cloned> {
  if (!mayBeClone(spec)) return { origin: undefined }
  const key = keyOf(await readLayerFacts(likenessOf(spec), image, context.environment.qemu))
  const layer = await findLayer(spec.cache, key)
  if (layer === undefined) return { origin: undefined }
  try {
    if (layer === 'changed') throw new QmpFailure('clone', 'its files have changed since it was made')
    return { created: await makeClone(spec, image, layer, files, context) }
  } catch (error) {
    context.signal.throwIfAborted()
    if (!isOfLayer(error)) throw error
    const refused = error instanceof QmpFailure ? error.reason : error.fault.code
    context.report('warm', `discarding the warm image: ${refused}`)
    await removeMachine(spec.id, files)
    await discardLayer(spec.cache, key)
    return { origin: { refused } }
  }
}

const mayBeClone = (spec: MachineSpec): spec is WishingSpec => spec.warm !== undefined

const isOfLayer = (error: unknown): error is QmpFailure | DriverError =>
  error instanceof QmpFailure ||
  (error instanceof DriverError &&
    ['qemu-failed', 'machine-broken', 'tool-failed'].includes(error.fault.code))

/** The folder counts as a machine's whole one only when the guest has its identity. */
async function makeClone(
  spec: WishingSpec,
  image: ImageResult,
  layer: Layer,
  files: MachineFiles,
  context: Context,
): Promise<ResultOf['create']> {
  context.report('warm', `cloning a warm ${spec.image.distro}`)
  const hostKey = makeHostKey()
  const { macAddress } = spec.warm.names
  const meta: MachineMeta = {
    id: spec.id,
    imageId: image.id,
    firmware: image.firmware,
    hasIdentityPort: true,
    warm: { key: layer.key, macAddress, hostKey: hostKey.public },
  }
  await makeFolder(files.directory)
  await markAsOurs(spec.id, files)
  await linkImage(image, files)
  await linkOrCopy(layer.files.disk, files.warm)
  await createOverlay(files.overlay, basename(files.warm), spec.diskGiB * GIB)
  if (image.firmware === 'uefi') await copyFile(layer.files.variables, files.variables)
  const networkConfig = spec.seed.networkConfig.replaceAll(spec.macAddress, macAddress)
  await writeSeed({ ...spec.seed, networkConfig }, files)
  if (spec.expiresAt !== undefined) await writeExpiry(files, spec.expiresAt)
  const memory = { file: layer.files.memory, access: 'private' } as const
  const process = await launch(spec, meta, files, { begin: 'incoming', arm: armAnew, memory }, context)
  await wakeAs(spec, hostKey, layer, files, context)
  await writeMeta(files, meta)
  await markAsUsed(layer)
  return { machine: toResult(spec, process), image, reused: false }
}

/** The guest gets its identity before anything else in it runs. Throws QmpFailure. */
async function wakeAs(
  spec: WishingSpec,
  hostKey: HostKey,
  layer: Layer,
  files: MachineFiles,
  context: Context,
): Promise<void> {
  const port = await connectIn(files.directory, IDENTITY_NAME, 0)
  try {
    const isAwake = await QmpSession.with(files.directory, async (session) => {
      await loadDevices(session, layer.files.devices)
      await session.execute('cont')
      return true
    })
    if (isAwake !== true) throw new QmpFailure('clone', 'QEMU does not answer')
    port.write(programFor(spec, hostKey))
    const said = await firstLine(port, IDENTITY_MS, context.signal)
    if (said !== TAKEN)
      throw new QmpFailure('clone', `the guest did not take its identity: ${said ?? 'silence'}`)
  } finally {
    port.destroy()
  }
}

function programFor({ warm, hostname, network }: WishingSpec, hostKey: HostKey): string {
  const { names, instanceId, user, authorizedKeys, privateAddress } = warm
  const privateCard =
    network === undefined || privateAddress === undefined
      ? undefined
      : { macAddress: network.macAddress, address: privateAddress }
  const identity = {
    instanceId,
    hostname,
    user,
    authorizedKeys,
    privateCard,
    hostKey,
    machineId: randomBytes(16).toString('hex'),
    randomness: randomBytes(64).toString('base64'),
    now: Date.now(),
  }
  return identityProgram(identity, names)
}
