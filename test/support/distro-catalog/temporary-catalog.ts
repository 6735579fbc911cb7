import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs `work` in a fresh folder that holds `files`, and removes the folder whatever happens. */
export async function withFolder<T>(
  files: Readonly<Record<string, string>>,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'distrolab-catalog-'))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
    return await work(directory)
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** A distro as a user would add it: btrfs, a BSD checksum, no build, no codename. */
export const plum44 = `
name: plum-44
family: plum
title: Plum 44 Cloud
version: '44'
codename:
released: 2026-04-21
endOfLife: 2027-05-19
providers:
  local:
    support: official
    user: plum
    rootFilesystem: btrfs
    minimumDiskGiB: 5
    architectures:
      x86_64:
        vendor:
          url: https://mirror.example.org/Plum-Cloud-Base-Generic-44-1.7.x86_64.qcow2
          checksum:
            url: https://mirror.example.org/Plum-Cloud-44-1.7-x86_64-CHECKSUM
            format: bsd
            algorithm: sha256
          firmware: uefi
sources: [test]
`
