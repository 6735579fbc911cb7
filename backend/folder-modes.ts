import { chmod, mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isErrno } from './system-error.js'

/** The exact modes of new folders and files, whatever the umask. */
export interface Modes {
  readonly folder: number
  readonly file: number
}

/** For the user alone. */
export const PRIVATE_MODES: Modes = { folder: 0o700, file: 0o600 }

/** What is made below a folder is open to the same people as the folder itself, with its setgid bit. */
export async function modesIn(root: string): Promise<Modes> {
  const { mode } = await stat(root)
  return { folder: (mode & 0o2777) | 0o700, file: (mode & 0o666) | 0o600 }
}

/** The umask under which another program makes files of these modes. */
export const umaskOf = ({ folder }: Modes): number => 0o777 & ~folder

/** Makes a folder and those above it; each new name is on disk afterwards. */
export async function makeFolder(path: string, mode: number): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: mode & 0o777 })
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made)) {
    await exactly(() => chmod(made, mode))
    await syncFolder(dirname(made))
  }
}

/** Runs a chmod of something we own. If that is not permitted, the file system has no modes. */
export async function exactly(changeMode: () => Promise<void>): Promise<void> {
  await changeMode().catch((error: unknown) => {
    if (!isErrno(error, 'EPERM')) throw error
  })
}

/** A new name in a folder survives a power cut only after the folder itself is synced. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
