import { expect, test } from '@jest/globals'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspectDisk } from '../../../local-vm/image/disk-header.js'
import { temporaryFolder } from '../../support/cli/support.js'

const MIB = 1024 * 1024

async function diskOf(body: Buffer): Promise<string> {
  const disk = join(temporaryFolder(), 'disk')
  await writeFile(disk, body)
  return disk
}

interface Qcow {
  readonly version?: number
  readonly backingOffset?: bigint
  readonly size?: bigint
  readonly crypt?: number
  readonly incompatible?: bigint
}

function qcow2({ version = 3, backingOffset = 0n, size = 3n, crypt = 0, incompatible = 0n }: Qcow): Buffer {
  const header = Buffer.alloc(512)
  header.write('QFI\xfb', 'latin1')
  header.writeUInt32BE(version, 4)
  header.writeBigUInt64BE(backingOffset, 8)
  header.writeBigUInt64BE(size * BigInt(MIB), 24)
  header.writeUInt32BE(crypt, 32)
  header.writeBigUInt64BE(incompatible, 72)
  return header
}

/** A disk of 1 MiB and a sector with these bytes in it; negative: from its end. */
function marked(at: number, mark: string | Buffer): Buffer {
  const disk = Buffer.alloc(MIB + 512)
  disk.set(Buffer.from(mark), at < 0 ? disk.length + at : at)
  return disk
}

test.each([
  ['version 3', qcow2({})],
  ['version 2, in which byte 72 is no header any more', qcow2({ version: 2, incompatible: 4n })],
  ['compressed by zstd, dirty and with extended entries', qcow2({ incompatible: 0b11001n })],
])('a whole qcow2 disk is one: %s', async (_what, body) => {
  expect(await inspectDisk(await diskOf(body))).toEqual({ format: 'qcow2', virtualBytes: 3 * MIB })
})

test('all that is of no known format is raw, and as large as its file', async () => {
  const disk = await diskOf(marked(510, Buffer.from([0x55, 0xaa])))
  expect(await inspectDisk(disk)).toEqual({ format: 'raw', virtualBytes: MIB + 512 })
})

test.each([
  ['a backing file', qcow2({ backingOffset: 0x1000n }), 'backing file'],
  ['a backing file, in version 2', qcow2({ version: 2, backingOffset: 0x1000n }), 'backing file'],
  ['an external data file', qcow2({ incompatible: 4n }), 'in another file'],
  ['encryption', qcow2({ crypt: 1 }), 'encrypted'],
  ['the first version of qcow', qcow2({ version: 1 }), 'version 1'],
  ['no size', qcow2({ size: 0n }), '0 bytes'],
  ['a VMDK, whose extents are files', marked(0, '# Disk DescriptorFile\nversion=1\n'), 'VMDK'],
  ['a sparse VMDK', marked(0, 'KDMV'), 'VMDK'],
  ['a VHD of fixed size', marked(-512, 'conectix'), 'VHD'],
  ['a differencing VHD', marked(0, 'conectix'), 'VHD'],
  ['a VHDX', marked(0, 'vhdxfile'), 'VHDX'],
  ['a VDI', marked(64, Buffer.from([0x7f, 0x10, 0xda, 0xbe])), 'VDI'],
  ['a disk packed by xz', marked(0, Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])), 'xz'],
  ['a text', Buffer.from('<html>welcome to our hotel</html>'), 'an unknown disk format'],
  ['nothing', Buffer.alloc(0), 'an unknown disk format'],
])('%s is refused', async (_what, body, reason) => {
  const fault = { code: 'image-invalid', url: 'https://x/disk', reason: expect.stringContaining(reason) }
  await expect(inspectDisk(await diskOf(body), 'https://x/disk')).rejects.toThrow(
    expect.objectContaining({ fault: expect.objectContaining(fault) }),
  )
})

test('a folder is no disk', async () => {
  await expect(inspectDisk(temporaryFolder())).rejects.toThrow(/not a regular file/)
})
