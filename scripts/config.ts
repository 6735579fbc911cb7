import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { homedir } from 'node:os'
import type { ConfigFile, ConfigProblem } from './config-schema.js'
import { LabError } from './errors.js'

export interface Config {
  /** The nearest file's values win over the user's. Paths in it are absolute, but for those of `authorizedKeys`. */
  readonly values: ConfigFile
  /** The files read, the one that wins first. */
  readonly files: readonly string[]
  /** The file that each value is from. */
  readonly origins: Readonly<Partial<Record<keyof ConfigFile, string>>>
}

const PROJECT_FILE = 'distrolab.yaml'
const USER_FILE = 'config.yaml'

/**
 * `explicit` (`--config`), or `distrolab.yaml` found upward from `cwd`; then the user's own `config.yaml`.
 * Throws LabError config-invalid with every problem of every file at once.
 */
export async function loadConfig(options: {
  readonly cwd: string
  readonly configHome: string
  readonly explicit?: string | undefined
}): Promise<Config> {
  const project =
    options.explicit === undefined ? findUpward(options.cwd) : resolve(options.cwd, options.explicit)
  const user = join(options.configHome, USER_FILE)
  const files = [...(project === undefined ? [] : [project]), ...(existsSync(user) ? [user] : [])]
  if (files.length === 0) return { values: {}, files, origins: {} }
  const { parseConfig } = await import('./config-parse.js')
  const problems: ConfigProblem[] = []
  const parsed: ConfigFile[] = []
  const origins: Record<string, string> = {}
  for (const file of files) {
    const { values, problems: found } = parseConfig(file, await readText(file))
    problems.push(...found)
    if (values === undefined) continue
    parsed.push(withAbsolutePaths(values, dirname(file)))
    for (const key of Object.keys(values)) origins[key] ??= file
  }
  if (problems.length > 0) throw new LabError({ code: 'config-invalid', problems })
  return { values: mergeConfigs(parsed), files, origins }
}

function findUpward(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const file = join(folder, PROJECT_FILE)
    if (existsSync(file)) return file
    if (dirname(folder) === folder) return undefined
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const got = (error as Error).message
    const problem = { file, field: '(file)', expected: 'a readable file', got }
    throw new LabError({ code: 'config-invalid', problems: [problem] }, { cause: error })
  }
}

function withAbsolutePaths(values: ConfigFile, folder: string): ConfigFile {
  return {
    ...values,
    ...(values.sshKey === undefined ? {} : { sshKey: absolutePath(values.sshKey, folder) }),
    ...(values.catalog === undefined
      ? {}
      : { catalog: values.catalog.map((path) => absolutePath(path, folder)) }),
  }
}

/** A path as people write it: `~/…`, or relative to `folder`. */
export function absolutePath(path: string, folder: string): string {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1))
  return isAbsolute(path) ? path : resolve(folder, path)
}

/** First one wins, key by key; profiles of both are there. */
function mergeConfigs(configs: readonly ConfigFile[]): ConfigFile {
  const reversed = [...configs].reverse()
  const profiles = Object.assign(
    {},
    ...reversed.map((config) => config.profiles ?? {}),
  ) as ConfigFile['profiles']
  return {
    ...(Object.assign({}, ...reversed) as ConfigFile),
    ...(profiles === undefined ? {} : { profiles }),
  }
}
