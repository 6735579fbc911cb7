import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import semver from 'semver'
import { goVersion } from '../../scripts/engine/go-build.js'
import { engineSource } from '../../scripts/engine/release.js'
import { makeOnce, type Recipe } from './make.js'
import { programFolder, type TestProgram } from './programs.js'
import { tool } from './tool.js'

/** What OpenTofu 1.12 requires, the highest requirement of all programs that are built. */
export const GO_MINIMUM = engineSource.go

const toolchain: TestProgram = { name: 'go', version: '1.26.8', binary: 'bin/go', usually: '20 s' }

/** Of the toolchain as the Go module proxy has it (SHA-256); its files were checked against sum.golang.org. */
const digests: Readonly<Record<string, string>> = {
  amd64: '30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7',
  arm64: '02b36b6787b3ac767668f630e2998df45a3b1f9ffee08d1bf3ef6487cd658d99',
}

/** The Go on PATH if it is new enough, else the official toolchain: most distributions have an older one. */
export async function findGo(say: (text: string) => void): Promise<string> {
  if (await isNewEnough('go')) return 'go'
  await makeOnce(toolchain, downloadToolchain, say)
  return join(programFolder(toolchain), toolchain.binary)
}

async function isNewEnough(go: string): Promise<boolean> {
  const version = await goVersion(go)
  return version !== undefined && semver.gte(version, GO_MINIMUM)
}

/**
 * A toolchain is a Go module: a zip, whose `go` command would do the same on its first use (`go help
 * toolchain`).
 */
const downloadToolchain: Recipe = async (folder, { version }) => {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const digest = digests[architecture]
  if (process.platform !== 'linux' || digest === undefined) {
    throw new Error(`install Go ${GO_MINIMUM} or newer: https://go.dev/dl/`)
  }
  const name = `v0.0.1-go${version}.linux-${architecture}`
  const zip = join(folder, 'toolchain.zip')
  await download(`https://proxy.golang.org/golang.org/toolchain/@v/${name}.zip`, zip, digest)
  await tool('python3', ['-m', 'zipfile', '-e', zip, folder], {
    missing: 'Python 3.9 or newer is needed: apt-get install python3',
    failed: 'The Go toolchain could not be unpacked',
  })
  const root = join(folder, 'golang.org', `toolchain@${name}`)
  for (const entry of await readdir(root)) await rename(join(root, entry), join(folder, entry))
  for (const file of await filesBelow(folder)) {
    // Zips of modules contain neither modes nor the go.mod of other modules.
    if (/^(bin|pkg\/tool)\//.test(file)) await chmod(join(folder, file), 0o755)
    if (file.endsWith('/_go.mod'))
      await rename(join(folder, file), join(folder, file.replace('_go.mod', 'go.mod')))
  }
  await rm(zip)
  await rm(join(folder, 'golang.org'), { recursive: true })
}

async function download(url: string, path: string, digest: string): Promise<void> {
  const response = await fetch(url).catch((error: unknown) => {
    throw new Error(`${url} can't be fetched`, { cause: error })
  })
  if (!response.ok || response.body === null) throw new Error(`${url}: HTTP ${response.status}`)
  await writeFile(path, response.body)
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  const got = hash.digest('hex')
  if (got !== digest) throw new Error(`${url} has another content than expected: SHA-256 ${got}`)
}

const filesBelow = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
