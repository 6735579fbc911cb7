import type { ProfileMachine } from '../distro-catalog/profile-machine-schema.js'
import type { UserSetup } from '../distro-catalog/setup-schema.js'
import { statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { homedir } from 'node:os'
import { readPlainFile, refusalIn } from '../backend/plain-file.js'
import { LARGEST_YAML } from '../distro-catalog/largest-yaml.js'
import { isErrno } from '../backend/system-error.js'
import type { ConfigFile, ConfigProblem } from './config-schema.js'
import { LabError } from './errors.js'

export interface Config {
  /**
   * The nearest file's values override the user's. Paths in it are absolute, except those of
   * `authorizedKeys`.
   */
  readonly values: ConfigFile
  /** The files that were read, the strongest first. */
  readonly files: readonly string[]
  /** The file of each value. */
  readonly origins: Readonly<Partial<Record<keyof ConfigFile, string>>>
}

const PROJECT_FILE = 'distrolab.yaml'
const USER_FILE = 'config.yaml'

/**
 * `explicit` (`--config`), or `distrolab.yaml` found upward from `cwd`; then the user's own `config.yaml`.
 * Throws LabError config-invalid with all problems of all files.
 */
export async function loadConfig(options: {
  readonly cwd: string
  readonly configHome: string
  readonly explicit?: string | undefined
}): Promise<Config> {
  const project =
    options.explicit === undefined ? findUpward(options.cwd) : resolve(options.cwd, options.explicit)
  const user = join(options.configHome, USER_FILE)
  const files = [...(project === undefined ? [] : [project]), ...(isThere(user) ? [user] : [])]
  if (files.length === 0) return { values: {}, files, origins: {} }
  const { parseConfig } = await import('./config-parse.js')
  const problems: ConfigProblem[] = []
  const parsed: ConfigFile[] = []
  const origins: Record<string, string> = {}
  for (const file of files) {
    const { values, problems: found } = parseConfig(file, await readUserText(file))
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
    if (isThere(file)) return file
    if (dirname(folder) === folder) return undefined
  }
}

/** A file that cannot be looked for is not missing: it may exist and name another backend. */
function isThere(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    if (isErrno(error, 'ENOTDIR')) return false
    throw unreadable(file, error)
  }
}

/** A file that users write. Throws LabError config-invalid. */
export async function readUserText(file: string): Promise<string> {
  try {
    const text = await readPlainFile(file, { links: 'followed', most: LARGEST_YAML })
    if (text !== undefined) return text
  } catch (error) {
    throw unreadable(file, error)
  }
  throw unreadable(file, new Error('no such file'))
}

function unreadable(file: string, error: unknown): LabError {
  const got = refusalIn(error) ?? (error as Error).message
  const problem = { file, field: '(file)', expected: 'a readable file of at most 64 KiB', got }
  return new LabError({ code: 'config-invalid', problems: [problem] }, { cause: error })
}

function withAbsolutePaths(values: ConfigFile, folder: string): ConfigFile {
  return {
    ...values,
    ...(values.sshKey === undefined ? {} : { sshKey: absolutePath(values.sshKey, folder) }),
    ...(values.catalog === undefined
      ? {}
      : { catalog: values.catalog.map((path) => absolutePath(path, folder)) }),
    ...(values.profiles === undefined ? {} : { profiles: withSetupsIn(values.profiles, folder) }),
    ...(values.fixtureSets === undefined ? {} : { fixtureSets: absolutePaths(values.fixtureSets, folder) }),
  }
}

type Profiles = NonNullable<ConfigFile['profiles']>

const withSetupsIn = (profiles: Profiles, folder: string): Profiles =>
  Object.fromEntries(
    Object.entries(profiles).map(([name, { setup, machines, ...profile }]) => [
      name,
      {
        ...profile,
        ...(setup === undefined ? {} : { setup: setupIn(setup, folder) }),
        ...(machines === undefined
          ? {}
          : { machines: machines.map((machine) => machineIn(machine, folder)) }),
      },
    ]),
  )

const machineIn = ({ setup, ...machine }: ProfileMachine, folder: string): ProfileMachine => ({
  ...machine,
  ...(setup === undefined ? {} : { setup: setupIn(setup, folder) }),
})

/** The files of this computer that a setup names, relative to the folder of the file it is in. */
export const setupIn = ({ files, runFile, ...setup }: UserSetup, folder: string): UserSetup => ({
  ...setup,
  ...(runFile === undefined ? {} : { runFile: absolutePath(runFile, folder) }),
  ...(files === undefined
    ? {}
    : {
        files: files.map(({ source, ...file }) =>
          source === undefined ? file : { ...file, source: absolutePath(source, folder) },
        ),
      }),
})

const absolutePaths = (paths: Readonly<Record<string, string>>, folder: string): Record<string, string> =>
  Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, absolutePath(path, folder)]))

/** A path as people write it: `~/…`, or relative to `folder`. */
export function absolutePath(path: string, folder: string): string {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1))
  return isAbsolute(path) ? path : resolve(folder, path)
}

/** The first one wins, key by key; profiles of both are kept. */
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
