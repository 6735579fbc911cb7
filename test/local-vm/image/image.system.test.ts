import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChecksumSource, ImageRequest } from '../../../local-vm/protocol.js'
import { runDriver, startDriver } from '../../support/local-vm/driver-process.js'
import { digest, ImageServer, makeQcow2 } from '../../support/local-vm/image-server.js'
import { freePort } from '../../support/local-vm/machine-spec.js'

const DISK = '/images/disk.qcow2'
const SUMS = '/images/SHA256SUMS'
const MIB = 1024 * 1024
const body = makeQcow2(4)
const hash = digest('sha256', body)

jest.setTimeout(60_000)

let server: ImageServer
let cache: string

beforeEach(async () => {
  server = new ImageServer()
  await server.start()
  server.files.set(DISK, body)
  server.files.set(SUMS, Buffer.from(`${hash} *disk.qcow2\n`))
  cache = await mkdtemp(join(tmpdir(), 'distrolab-image-'))
})

afterEach(async () => {
  await server.stop()
  await rm(cache, { recursive: true, force: true })
})

function request(checksum: Partial<ChecksumSource> = {}, more: Partial<ImageRequest> = {}): ImageRequest {
  return {
    cache,
    image: {
      distro: 'debian-13',
      architecture: 'x86_64',
      vendor: {
        url: server.url(DISK),
        checksum: { url: server.url(SUMS), format: 'gnu', algorithm: 'sha256', ...checksum },
        firmware: 'uefi',
      },
    },
    ...more,
  }
}

/** Everything below the cache's images that is no finished image, index or guard. */
async function unfinished(): Promise<string[]> {
  const names = await readdir(join(cache, 'images'))
  return names.filter((name) => /\.(part|part\.json|work|guard|draft)$/.test(name))
}

const cachedDisk = (id: string): string => join(cache, 'images', id.replace(':', '-'), 'disk.qcow2')

describe('an image is downloaded and proven', () => {
  const files = {
    SHA256SUMS: {
      format: 'gnu',
      algorithm: 'sha256',
      text: `${'0'.repeat(64)} *other\n${hash} *disk.qcow2\n`,
    },
    SHA512SUMS: { format: 'gnu', algorithm: 'sha512', text: `${digest('sha512', body)}  disk.qcow2\n` },
    CHECKSUM: { format: 'bsd', algorithm: 'sha256', text: `# signed\nSHA256 (disk.qcow2) = ${hash}\n` },
    'disk.qcow2.SHA256': { format: 'gnu', algorithm: 'sha256', text: `${hash}  disk-20261121.qcow2\n` },
    'disk.qcow2.sha512': { format: 'bare', algorithm: 'sha512', text: `${digest('sha512', body)}\n` },
  } as const

  test.each(Object.keys(files) as (keyof typeof files)[])('against %s', async (name) => {
    const { format, algorithm, text } = files[name]
    server.files.set(`/sums/${name}`, Buffer.from(text))
    const run = await runDriver('image', request({ url: server.url(`/sums/${name}`), format, algorithm }))
    expect(run.fault).toBeUndefined()
    const id = `${algorithm}:${digest(algorithm, body)}`
    expect(run.result?.image).toMatchObject({ id, kind: 'vendor', firmware: 'uefi', cached: false })
    expect(body.equals(await readFile(cachedDisk(id)))).toBe(true)
    expect(await unfinished()).toEqual([])
  })

  test('through a redirect', async () => {
    server.files.set('/mirror/disk.qcow2', body)
    server.redirects.set(DISK, server.url('/mirror/disk.qcow2'))
    const run = await runDriver('image', request())
    expect(run.result?.image.id).toBe(`sha256:${hash}`)
    expect(server.sent('/mirror/disk.qcow2')).toBe(body.length)
  })

  test('once a day: after that the cache answers without any request', async () => {
    await runDriver('image', request())
    const asked = server.requests.length
    const again = await runDriver('image', request())
    expect(again.result?.image.cached).toBe(true)
    expect(server.requests.length).toBe(asked)
    await runDriver('image', request({}, { maxAgeHours: 0 }))
    expect(server.requests.slice(asked).map(({ path }) => path)).toEqual([SUMS])
  })

  test('and a pinned one that is cached needs no network, one that moved is a fault', async () => {
    await runDriver('image', request())
    const pinned = `sha256:${hash}`
    const asked = server.requests.length
    expect((await runDriver('image', request({}, { pinned, maxAgeHours: 0 }))).result?.image.cached).toBe(
      true,
    )
    expect(server.requests.length).toBe(asked)
    const gone = `sha256:${'1'.repeat(64)}`
    const moved = await runDriver('image', request({}, { pinned: gone }))
    expect(moved).toMatchObject({ code: 1, fault: { code: 'image-moved', pinned: gone, now: pinned } })
  })
})

describe('a download that goes wrong', () => {
  test('in the middle is resumed where it broke off', async () => {
    server.cutAfter = MIB
    server.cuts = 2
    const run = await runDriver('image', request())
    expect(run.result?.image.id).toBe(`sha256:${hash}`)
    const tries = server.requests.filter(({ path }) => path === DISK)
    expect(tries.map(({ status }) => status)).toEqual([200, 206, 206])
    // Bytes in flight when the connection broke may be sent again, whole megabytes may not.
    expect(server.sent(DISK)).toBeLessThan(body.length + MIB)
  })

  test('again and again is a truncated download, and what was got is kept', async () => {
    server.truncateAt = MIB
    const run = await runDriver('image', request())
    expect(run).toMatchObject({
      code: 1,
      fault: { code: 'download-truncated', expected: body.length },
    })
    expect(await unfinished()).toContain(`sha256-${hash}.part`)
  })

  test('by kill -9 is resumed by the next run', async () => {
    server.delayMs = 40
    const first = startDriver('image', request())
    const part = join(cache, 'images', `sha256-${hash}.part`)
    await first.sees(({ phase }) => phase === 'download')
    await untilBigger(part, MIB)
    first.kill('SIGKILL')
    await first.done
    const kept = (await stat(part)).size
    server.delayMs = 0
    const run = await runDriver('image', request())
    expect(run.result?.image).toMatchObject({ id: `sha256:${hash}`, cached: false })
    expect(server.requests.at(-1)).toMatchObject({ range: `bytes=${kept}-`, status: 206 })
    expect(await unfinished()).toEqual([])
  })

  test('by Ctrl-C ends with 130 and leaves only the part to resume', async () => {
    server.delayMs = 40
    const first = startDriver('image', request())
    await untilBigger(join(cache, 'images', `sha256-${hash}.part`), 1)
    first.kill('SIGINT')
    expect(await first.done).toMatchObject({ code: 130, fault: { code: 'interrupted', signal: 'SIGINT' } })
    expect(await unfinished()).toEqual([`sha256-${hash}.part`, `sha256-${hash}.part.json`])
  })

  test('with wrong bytes is tried once more from scratch, then a fault, and nothing of it stays', async () => {
    server.files.set(DISK, Buffer.concat([body.subarray(0, -1), Buffer.from('x')]))
    const run = await runDriver('image', request())
    expect(run).toMatchObject({ code: 1, fault: { code: 'checksum-mismatch', expected: `sha256:${hash}` } })
    expect(server.requests.filter(({ path }) => path === DISK)).toHaveLength(2)
    expect(await unfinished()).toEqual([])
  })

  test('because a new image came out meanwhile is started anew with the new checksum', async () => {
    const newer = makeQcow2(3)
    server.onRequest = (path) => {
      if (path !== DISK) return
      server.files.set(DISK, newer)
      server.files.set(SUMS, Buffer.from(`${digest('sha256', newer)} *disk.qcow2\n`))
    }
    const run = await runDriver('image', request())
    expect(run.result?.image.id).toBe(`sha256:${digest('sha256', newer)}`)
  })

  test('with a checksum file that does not name the image says so', async () => {
    server.files.set(SUMS, Buffer.from(`${hash} *a\n${'1'.repeat(64)} *b\n`))
    const run = await runDriver('image', request())
    expect(run.fault).toEqual(expect.objectContaining({ code: 'checksum-unknown', file: 'disk.qcow2' }))
  })

  test('with 404 is refused, not unreachable: no fallback hides it', async () => {
    server.files.delete(DISK)
    const run = await runDriver('image', request())
    expect(run).toMatchObject({ code: 1, fault: { code: 'image-refused', status: 404 } })
  })

  test('because it is no disk image is a fault', async () => {
    const page = Buffer.from('<html>welcome to our hotel</html>')
    server.files.set(DISK, page)
    server.files.set(SUMS, Buffer.from(digest('sha256', page)))
    expect((await runDriver('image', request())).fault?.code).toBe('image-invalid')
  })
})

test.each([
  ['has a backing file', ['-b', '/etc/hostname', '-F', 'raw'], 'backing file'],
  ['has its data in another file', ['-o', 'data_file=data.raw'], 'in another file'],
])('a disk that %s is refused, though its checksum is right', async (_what, options, reason) => {
  const disk = join(cache, 'layer.qcow2')
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...options, disk, '4M'], { cwd: cache })
  const layer = await readFile(disk)
  server.files.set(DISK, layer)
  server.files.set(SUMS, Buffer.from(digest('sha256', layer)))
  const run = await runDriver('image', request())
  expect(run.fault).toMatchObject({ code: 'image-invalid', reason: expect.stringContaining(reason) })
  expect(await readdir(join(cache, 'images'))).not.toContain(`sha256-${digest('sha256', layer)}`)
})

test('a cached image that has changed is thrown away and loaded again, which is said', async () => {
  await runDriver('image', request())
  const disk = cachedDisk(`sha256:${hash}`)
  await writeFile(disk, makeQcow2(1))
  const run = await runDriver('image', request())
  expect(run.result?.image).toMatchObject({ id: `sha256:${hash}`, cached: false, replaced: true })
  expect(body.equals(await readFile(disk))).toBe(true)
  const lines = run.progress.map(({ message }) => message)
  expect(lines.filter((line) => line.includes('has changed since it was stored'))).toHaveLength(1)
})

describe('a host that cannot be reached', () => {
  test('is a fault when there is nothing else', async () => {
    const url = `http://127.0.0.1:${await freePort()}/SHA256SUMS`
    const run = await runDriver('image', request({ url }))
    expect(run).toMatchObject({ code: 1, fault: { code: 'image-unreachable', url } })
  })

  test('gives way to a cached image of the distro, and that is said', async () => {
    await runDriver('image', request())
    const away = request({ url: `http://127.0.0.1:${await freePort()}/SUMS` }, { maxAgeHours: 0 })
    const build = { tool: 'mmdebstrap', suite: 'trixie', mirror: 'http://127.0.0.1:9/debian' }
    const run = await runDriver('image', { ...away, image: { ...away.image, build } })
    expect(run.result?.image).toMatchObject({ id: `sha256:${hash}`, cached: true })
    expect(run.result?.image.fallbackReason).toContain('cannot be reached')
    expect(run.progress.map(({ message }) => message).join('\n')).toContain('using the cached vendor image')
  })

  test('gives way to a build, and what the builder says is kept when that fails too', async () => {
    const away = request({ url: `http://127.0.0.1:${await freePort()}/SUMS` })
    const build = {
      tool: 'mmdebstrap',
      suite: 'trixie',
      mirror: `http://127.0.0.1:${await freePort()}/debian`,
    }
    const run = await runDriver('image', { ...away, image: { ...away.image, build } })
    expect(run.progress.map(({ message }) => message).join('\n')).toContain('building debian-13 from')
    expect(run).toMatchObject({ code: 1, fault: { code: 'build-failed', cause: 'mirror-unreachable' } })
    expect(await unfinished()).toEqual([])
  })
})

test('four drivers at once make one download, and the others say whom they wait for', async () => {
  server.delayMs = 10
  const runs = await Promise.all([1, 2, 3, 4].map(() => runDriver('image', request())))
  expect(runs.map(({ result }) => result?.image.id)).toEqual(Array(4).fill(`sha256:${hash}`))
  expect(runs.filter(({ result }) => result?.image.cached === false)).toHaveLength(1)
  expect(server.sent(DISK)).toBe(body.length)
  const waited = runs.filter(({ progress }) => progress.some(({ phase }) => phase === 'wait'))
  expect(waited.length).toBeGreaterThan(0)
})

/** A mount namespace of its own: works for root and, as mmdebstrap needs it too, for ordinary users. */
function mounted(options: string): readonly string[] {
  const script = `mount -t tmpfs -o ${options} tmpfs "$0" && exec "$@"`
  return ['unshare', '--map-root-user', '--mount', 'sh', '-ec', script, cache]
}

describe('a cache that cannot take the image', () => {
  test('because the disk is full is a clear fault', async () => {
    const run = await runDriver('image', request(), { wrapper: mounted('size=2m') })
    expect(run).toMatchObject({ code: 1, fault: { code: 'disk-full' } })
  })

  test('because it is read-only is a clear fault', async () => {
    const run = await runDriver('image', request(), { wrapper: mounted('ro') })
    expect(run).toMatchObject({ code: 1, fault: { code: 'place-unwritable', reason: 'EROFS' } })
  })

  test('because a file is in its place is a clear fault', async () => {
    await writeFile(join(cache, 'images'), 'not a folder')
    const run = await runDriver('image', request())
    expect(run).toMatchObject({ code: 1, fault: { code: 'place-unwritable' } })
  })
})

async function untilBigger(file: string, bytes: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const found = await stat(file).catch(() => undefined)
    if (found !== undefined && found.size >= bytes) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`${file} did not grow to ${bytes} bytes`)
}
