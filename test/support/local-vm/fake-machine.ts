import { afterEach, beforeEach } from '@jest/globals'
import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { imageFiles } from '../../../local-vm/files.js'
import { digestsOf } from '../../../local-vm/image/verified.js'
import type { MachineSpec, Verb } from '../../../local-vm/protocol.js'
import {
  type DriverOptions,
  type DriverRun,
  runDriver,
  type RunningDriver,
  startDriver,
} from './driver-process.js'
import { fakeQemu } from './fake-qemu-program.js'
import { makeQcow2 } from './image-server.js'
import { freePort, machineSpec } from './machine-spec.js'
import { standInDisk } from './stand-in-disk.js'

const disk = makeQcow2(1)

/** One machine of a cached image, run by the stand-in for QEMU; the real driver in processes of its own. */
export class FakeMachine {
  private constructor(
    readonly home: string,
    readonly spec: MachineSpec,
  ) {}

  static async make(): Promise<FakeMachine> {
    const home = await mkdtemp(join(tmpdir(), 'distrolab-machine-'))
    const machine = new FakeMachine(home, machineSpec(home, await freePort()))
    await machine.cacheImage()
    return machine
  }

  /** `mode`: how a QEMU that is started behaves, see fake-qemu.ts. */
  run<V extends Verb>(verb: V, changes: object = {}, mode = ''): Promise<DriverRun<V>> {
    return runDriver(verb, { ...this.spec, ...changes }, this.options(mode))
  }

  start<V extends Verb>(verb: V, changes: object = {}, mode = ''): RunningDriver<V> {
    return startDriver(verb, { ...this.spec, ...changes }, this.options(mode))
  }

  /** What QEMU was told, and each of its starts, in order. */
  async deeds(): Promise<string[]> {
    const text = await readFile(join(this.home, 'log'), 'utf8').catch(() => '')
    return text.split('\n').map((line) => line.replace(/^start \d+$/, 'start'))
  }

  /** What the stand-in keeps as on the machine's disks. */
  disk(name: string): string {
    return join(standInDisk(this.home, this.spec.directory), name)
  }

  file(name: string): string {
    return join(this.spec.directory, name)
  }

  async remove(): Promise<void> {
    await this.run('destroy')
    await rm(this.home, { recursive: true, force: true })
  }

  private options(mode: string): DriverOptions {
    const variables = { FAKE_QEMU_LOG: join(this.home, 'log'), FAKE_QEMU: mode }
    return { env: { DISTROLAB_QEMU: fakeQemu(join(this.home, `qemu-${mode}`), variables) } }
  }

  private async cacheImage(): Promise<void> {
    const { cache, image } = this.spec
    const id = `sha256:${createHash('sha256').update(disk).digest('hex')}`
    const folder = join(cache, 'images', id.replace(':', '-'))
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'disk.qcow2'), disk)
    await writeFile(join(folder, 'vmlinuz'), 'kernel')
    await copyFile(join(folder, 'vmlinuz'), join(folder, 'initrd.img'))
    const { distro, architecture } = image
    const meta = { id, distro, architecture, kind: 'built', source: 'stand-in', firmware: 'kernel' }
    const digests = await digestsOf(imageFiles(folder), 'kernel', {})
    await writeFile(join(folder, 'meta.json'), JSON.stringify({ ...meta, digests }))
    const index = join(cache, 'images', `${distro}-${architecture}.json`)
    await writeFile(index, JSON.stringify({ id, checkedAt: Date.now() }))
  }
}

/** A machine for each test; it is removed afterwards with all its processes. */
export function useFakeMachine(): () => FakeMachine {
  let machine: FakeMachine
  beforeEach(async () => void (machine = await FakeMachine.make()))
  afterEach(() => machine.remove())
  return () => machine
}
