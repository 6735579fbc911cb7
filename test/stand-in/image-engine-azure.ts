import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { GIB, MIB } from '../../stacks/packing.js'
import { storageTokenOf, tokenOf } from './azure-login.js'

export interface DeclaredImage {
  readonly name: string
  readonly resource_group_name: string
  readonly location: string
  readonly hyper_v_generation: string
  readonly tags: Readonly<Record<string, string>>
  readonly os_disk: { readonly blob_uri: string }
}

/** Like Azure: the disk must be a VHD of fixed size and whole MiB. Returns its size. */
async function sizeOfDisk(url: string): Promise<number> {
  const headers = { authorization: `Bearer ${storageTokenOf()}`, 'x-ms-version': '2021-12-02' }
  const head = await fetch(url, { method: 'HEAD', headers })
  if (!head.ok || head.headers.get('x-ms-blob-type') !== 'PageBlob')
    throw new Error(`BlobNotFound: ${url} is no page blob`)
  const size = Number(head.headers.get('content-length')) - 512
  const response = await fetch(url, { headers: { ...headers, range: `bytes=${size}-${size + 511}` } })
  const footer = Buffer.from(await response.arrayBuffer())
  // (Virtual Hard Disk Image Format Specification: cookie, current size, disk type)
  const isFixed = footer.toString('latin1', 0, 8) === 'conectix' && footer.readUInt32BE(60) === 2
  if (!isFixed || footer.readBigUInt64BE(48) !== BigInt(size) || size % MIB !== 0)
    throw new Error(
      'InvalidParameter: The specified cookie value in VHD footer indicates that disk is invalid',
    )
  return size
}

async function ask(method: string, id: string, body?: object): Promise<void> {
  const url = `https://${process.env['ARM_METADATA_HOSTNAME']}${id}?api-version=2022-03-01`
  const headers = { authorization: `Bearer ${tokenOf()}`, 'content-type': 'application/json' }
  const response = await fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (response.ok) return
  const { error } = (await response.json()) as { error: { code: string; message: string } }
  throw new Error(`unexpected status ${response.status} with error: ${error.code}: ${error.message}`)
}

/** Replaces Azure's provider; returns the outputs. */
export async function applyAzure(image: DeclaredImage, state: string): Promise<object> {
  const { name, resource_group_name: group, location, tags, os_disk, hyper_v_generation } = image
  const id = `/subscriptions/${process.env['ARM_SUBSCRIPTION_ID']}/resourceGroups/${group}/providers/Microsoft.Compute/images/${name}`
  const diskGiB = Math.ceil((await sizeOfDisk(os_disk.blob_uri)) / GIB)
  if (!existsSync(state)) {
    const osDisk = { osType: 'Linux', blobUri: os_disk.blob_uri, diskSizeGB: diskGiB }
    await ask('PUT', id, {
      location,
      tags,
      properties: { hyperVGeneration: hyper_v_generation, storageProfile: { osDisk } },
    })
    writeFileSync(state, id)
  }
  return { image: { value: { id, diskGiB } } }
}

export async function destroyAzure(state: string): Promise<void> {
  if (!existsSync(state)) return
  await ask('DELETE', readFileSync(state, 'utf8'))
  rmSync(state)
}
