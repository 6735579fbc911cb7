import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

export const projectRoot = fileURLToPath(new URL('../../', import.meta.url))
export const cli = join(projectRoot, 'dist/bundle/cli.js')

/** A separate user: an empty state folder and, unless another one is given, an empty cache. */
export interface BenchUser {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  distrolab(...args: string[]): Promise<string>
  /** Writes a configuration and returns the path of its file. */
  configure(text: string): Promise<string>
  remove(): Promise<void>
}

export async function newUser(cache?: string): Promise<BenchUser> {
  const folder = await mkdtemp(join(tmpdir(), 'distrolab-bench-'))
  const env = {
    DISTROLAB_HOME: join(folder, 'home'),
    DISTROLAB_CACHE: cache ?? join(folder, 'cache'),
    // For the bucket of `bucket.ts`, which accepts any credentials.
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
  }
  return {
    folder,
    env,
    async distrolab(...args) {
      const { stdout } = await execa('node', [cli, ...args], { env, stdin: 'ignore' })
      return stdout
    },
    async configure(text) {
      const file = join(folder, 'distrolab.yaml')
      await writeFile(file, text)
      return file
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
