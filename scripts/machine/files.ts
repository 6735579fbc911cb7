import { isUtf8 } from 'node:buffer'
import {
  chmod,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  utimes,
} from 'node:fs/promises'
import type { Stats } from 'node:fs'
import type { FileEntryWithStats, SFTPWrapper, Stats as RemoteStats } from 'ssh2'

/** `other`: a device, a socket or a pipe. */
export type FileKind = 'file' | 'folder' | 'link' | 'other'

export interface Look {
  readonly kind: FileKind
  /** Permission bits only. */
  readonly mode: number
  /** When its content was last changed, in whole seconds since 1970, which is all that SFTP knows. */
  readonly modified?: number
}

/** The files of one computer, as copying needs them. Every failure names its path. */
export interface Files {
  /** Undefined where nothing is. `through`: what a link leads to. */
  look(path: string, links: 'as-they-are' | 'through'): Promise<Look | undefined>
  list(folder: string): Promise<readonly string[]>
  makeFolder(path: string): Promise<void>
  /** Makes an empty file that only its owner reads. */
  makeFile(path: string): Promise<void>
  makeLink(leadsTo: string, path: string): Promise<void>
  readLink(path: string): Promise<string>
  /** Its mode, and when it was changed. */
  setLook(path: string, look: Look): Promise<void>
  /** In one moment, whatever file was at `path`. */
  replace(draft: string, path: string): Promise<void>
  /** No failure when nothing is there. */
  remove(path: string): Promise<void>
}

const lookOf = (found: Stats | RemoteStats): Look => ({
  kind: found.isFile() ? 'file' : found.isDirectory() ? 'folder' : found.isSymbolicLink() ? 'link' : 'other',
  mode: found.mode & 0o777,
  modified: 'mtimeMs' in found ? Math.floor(found.mtimeMs / 1000) : found.mtime,
})

/** SFTP and Node know names as text. Bytes that are none would name another file. */
function textOf(before: string, bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString()
  const shown = bytes
    .toString('latin1')
    .replaceAll(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`)
  throw notText(`${before}${shown}`)
}

const notText = (path: string): Error => new Error(`${path} is not UTF-8, so it cannot be copied. Rename it`)

/** What becomes of bytes that are no text. */
const REPLACEMENT = '\uFFFD'

/** Of this computer. */
export const localFiles: Files = {
  async look(path, links) {
    try {
      return lookOf(await (links === 'through' ? stat(path) : lstat(path)))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  },
  async list(folder) {
    const names = await readdir(folder, { encoding: 'buffer' })
    return names.map((name) => textOf(`${folder}/`, name)).sort()
  },
  makeFolder: async (path) => void (await mkdir(path)),
  makeFile: async (path) => (await open(path, 'wx', 0o600)).close(),
  makeLink: (leadsTo, path) => symlink(leadsTo, path),
  readLink: async (path) => textOf(`${path} -> `, await readlink(path, { encoding: 'buffer' })),
  async setLook(path, { mode, modified }) {
    await chmod(path, mode)
    if (modified !== undefined) await utimes(path, modified, modified)
  },
  replace: (draft, path) => rename(draft, path),
  remove: (path) => rm(path, { force: true }),
}

/** Status codes of SFTP (draft-ietf-secsh-filexfer-02 §7). */
const NO_SUCH_FILE = 2

type Done<T> = (error: Error | null | undefined, value: T) => void

/** One request to the machine. */
export function ask<T>(path: string, request: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    request((error, value) => {
      if (error) reject(new Error(`${path}: ${error.message}`, { cause: error }))
      else resolve(value)
    })
  })
}

const isAbsence = (error: unknown): boolean =>
  error instanceof Error && (error.cause as { code?: unknown } | undefined)?.code === NO_SUCH_FILE

async function lookRemote(
  sftp: SFTPWrapper,
  path: string,
  links: 'as-they-are' | 'through',
): Promise<Look | undefined> {
  try {
    const found = await ask<RemoteStats>(path, (done) =>
      links === 'through' ? sftp.stat(path, done) : sftp.lstat(path, done),
    )
    return lookOf(found)
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}

async function listRemote(sftp: SFTPWrapper, folder: string): Promise<readonly string[]> {
  const entries = await ask<FileEntryWithStats[]>(folder, (done) => sftp.readdir(folder, done))
  const names = entries.map(({ filename }) => filename).filter((name) => name !== '.' && name !== '..')
  // What a machine says must not lead out of the folder that is written to.
  const wrong = names.find((name) => name === '' || name.includes('/'))
  if (wrong !== undefined)
    throw new Error(`${folder}: the machine lists "${wrong}", which is not a file name`)
  for (const name of names.filter((each) => each.includes(REPLACEMENT))) {
    const path = `${folder}/${name}`
    // It may be its real name.
    if ((await lookRemote(sftp, path, 'as-they-are')) === undefined) throw notText(path)
  }
  return names.sort()
}

/** Of a machine. A relative path is below its user's home. */
export const remoteFiles = (sftp: SFTPWrapper): Files => ({
  look: (path, links) => lookRemote(sftp, path, links),
  list: (folder) => listRemote(sftp, folder),
  makeFolder: (path) => ask(path, (done) => sftp.mkdir(path, done)),
  async makeFile(path) {
    const handle = await ask<Buffer>(path, (done) => sftp.open(path, 'wx', { mode: 0o600 }, done))
    await ask<void>(path, (done) => sftp.close(handle, done))
  },
  makeLink: (leadsTo, path) => ask(path, (done) => sftp.symlink(leadsTo, path, done)),
  async readLink(path) {
    const leadsTo = await ask<string>(path, (done) => sftp.readlink(path, done))
    if (leadsTo.includes(REPLACEMENT)) throw notText(`${path} -> ${leadsTo}`)
    return leadsTo
  },
  setLook: (path, { mode, modified }) =>
    ask(path, (done) =>
      sftp.setstat(
        path,
        modified === undefined ? { mode } : { mode, atime: modified, mtime: modified },
        done,
      ),
    ),
  // SFTP's own rename refuses to replace a file.
  replace: (draft, path) => ask(path, (done) => sftp.ext_openssh_rename(draft, path, done)),
  async remove(path) {
    try {
      await ask<void>(path, (done) => sftp.unlink(path, done))
    } catch (error) {
      if (!isAbsence(error)) throw error
    }
  },
})
