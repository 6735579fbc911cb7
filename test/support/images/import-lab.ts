import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { locationUrl, type GcsLocation } from '../../../backend/location.js'
import type { ImageRecord } from '../../../backend/image-record-schema.js'
import { startFakeGcs, type TestBucket } from '../../services/buckets.js'
import { FaultyProxy, type Seen } from '../../services/faulty-proxy.js'
import { GoogleImages } from '../../stand-in/google-images.js'
import type { CliRun } from '../../stand-in/lab-cli.js'
import type { Sandbox } from '../../stand-in/sandbox.js'
import { digest, ImageServer, makeQcow2 } from '../local-vm/image-server.js'
import { readOptional, sourcePath } from '../cli/support.js'
import { useWorld } from './world.js'

export const DISK = '/Arch-Linux-x86_64-cloudimg.qcow2'
const VENDOR = 'https://geo.mirror.pkgbuild.com/images/latest'
const ENGINE = fileURLToPath(new URL('../../stand-in/image-engine.js', import.meta.url))

/** A vendor on loopback that publishes one disk of so many megabytes. */
export async function startVendor(megabytes: number) {
  const vendor = new ImageServer()
  await vendor.start()
  const disk = makeQcow2(megabytes)
  vendor.files.set(DISK, disk)
  vendor.files.set(`${DISK}.SHA256`, Buffer.from(`${digest('sha256', disk)}  Arch-dated.qcow2\n`))
  return { vendor, disk }
}

/** A folder of distros in which Arch comes from our vendor. */
export async function makeCatalog(box: Sandbox, vendor: ImageServer): Promise<string> {
  const catalog = join(box.root, 'catalog')
  await mkdir(catalog, { recursive: true })
  const arch = await readFile(sourcePath('distro-catalog/distros/arch.yaml'), 'utf8')
  await writeFile(join(catalog, 'arch.yaml'), arch.replaceAll(VENDOR, vendor.url('').replace(/\/$/, '')))
  return catalog
}

/** Makes it a computer whose catalog knows our vendor, and whose engine is the stand-in for images. */
export async function prepareComputer(box: Sandbox, vendor: ImageServer): Promise<void> {
  await box.configure(`catalog: [${await makeCatalog(box, vendor)}]\n`)
  const tofu = join(box.root, 'bin', 'tofu')
  await writeFile(tofu, `#!/bin/sh\nexec '${process.execPath}' '${ENGINE}' "$@"\n`)
}

/** A vendor of images, a bucket behind a proxy, and the images of a project; all on loopback. */
export class ImportWorld {
  constructor(
    readonly vendor: ImageServer,
    readonly bucket: TestBucket,
    readonly proxy: FaultyProxy,
    readonly google: GoogleImages,
    /** What the vendor publishes. */
    readonly disk: Buffer,
  ) {}

  /** As a user names it. */
  get bucketUrl(): string {
    return locationUrl({
      ...(this.bucket.location as GcsLocation),
      prefix: 'disks',
      endpoint: this.proxy.url,
    })
  }

  env(box: Sandbox, changes: Readonly<Record<string, string | undefined>> = {}) {
    // Who has lost the way to Google's own computers must not wait for it.
    const { env } = box
    return {
      DISTROLAB_TOFU: env['DISTROLAB_TOFU'],
      METADATA_SERVER_DETECTION: 'none',
      DISTROLAB_BUCKET: this.bucketUrl,
      ...this.google.env,
      ...changes,
    }
  }

  /** The names of all that is in the bucket, in whatever version. */
  async objects(): Promise<string[]> {
    const { bucket } = this.bucket.location
    const response = await fetch(`${this.bucket.server.url}/storage/v1/b/${bucket}/o?versions=true`)
    const { items = [] } = (await response.json()) as { items?: { name: string }[] }
    return items.map(({ name }) => name)
  }

  /** How much of the disk each request that was passed on has brought: first byte and last. */
  chunks(): (readonly [number, number])[] {
    return this.proxy.seen.flatMap(({ headers }) => {
      const [, first, last] = /^bytes (\d+)-(\d+)\//.exec(headers['content-range'] ?? '') ?? []
      return first === undefined ? [] : [[Number(first), Number(last)] as const]
    })
  }

  /**
   * fake-gcs-server takes the question how far an upload has come for its end: it is answered here, by what has come.
   * `hold`: the chunk that begins there never arrives.
   */
  answerProgress(hold?: number): void {
    this.isHeld = false
    this.proxy.plan(({ method, headers }: Seen) => {
      const range = headers['content-range'] ?? ''
      const [, first, last] = /^bytes (\d+)-(\d+)\//.exec(range) ?? []
      if (first !== undefined && Number(first) === hold) {
        this.isHeld = true
        return 'silent before'
      }
      if (last !== undefined) this.#arrived = Number(last)
      if (method !== 'PUT' || !range.startsWith('bytes */')) return undefined
      const arrived = this.#arrived > 0 ? { range: `bytes=0-${this.#arrived}` } : {}
      return { status: 308, when: 'before', headers: arrived }
    })
  }

  /** That chunk is waited for. */
  isHeld = false
  #arrived = 0

  /** Nothing of a test before is there any more. */
  async clear(): Promise<void> {
    this.#arrived = 0
    this.answerProgress()
    this.google.obey()
    this.google.images.clear()
    const { bucket } = this.bucket.location
    for (const name of await this.objects())
      await fetch(`${this.bucket.server.url}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`, {
        method: 'DELETE',
      })
  }
}

/** A world that begins and ends with the tests of the file. */
export const useImports = (megabytes = 18) =>
  useWorld<ImportWorld>({
    async start() {
      const { vendor, disk } = await startVendor(megabytes)
      const bucket = await startFakeGcs()
      const [proxy, google] = await Promise.all([
        FaultyProxy.start(bucket.server.url),
        GoogleImages.start(bucket.server.url),
      ])
      return new ImportWorld(vendor, bucket, proxy, google, disk)
    },
    clear: (world) => world.clear(),
    async stop({ vendor, proxy, google, bucket }) {
      await Promise.all([vendor.stop(), proxy.stop(), google.stop()])
      await bucket.stop()
    },
    prepare: (box, { vendor }) => prepareComputer(box, vendor),
  })

/** Undefined for a forgotten image, as for one that never was. */
export async function recordOf(
  box: Sandbox,
  provider: 'google' | 'azure' | 'aws' = 'google',
): Promise<ImageRecord | undefined> {
  const text = await readOptional(join(box.home, 'images', provider, 'arch/x86_64/record.json'))
  const record = text === undefined ? undefined : (JSON.parse(text) as ImageRecord)
  return record?.state === 'forgotten' ? undefined : record
}

/** A command that must succeed. */
export async function ok(run: Promise<CliRun>): Promise<CliRun> {
  const result = await run
  if (result.code !== 0) throw new Error(`→ ${result.code}\n${result.stdout}${result.stderr}`)
  return result
}
