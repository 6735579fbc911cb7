import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import semver from 'semver'
import { run, RunError } from '../run.js'

/** A program in a public Go module. */
export interface GoSource {
  readonly module: string
  /** Without the `v`. */
  readonly version: string
  /** The program's folder in the module; empty for its root. */
  readonly package: string
  /** The oldest Go that builds it. */
  readonly go: string
  readonly replace?: string
  readonly linkerFlags?: string
}

export interface GoBuild {
  /** The `go` command. */
  readonly go: string
  /** An empty folder of ours. */
  readonly folder: string
  /** Absolute path of the program to build. */
  readonly output: string
  readonly signal?: AbortSignal
}

/**
 * Ignores the user's Go settings except where modules come from; builds without C, because a new machine has
 * no compiler for it.
 */
const GO_VARIABLES = { GOFLAGS: undefined, GOWORK: 'off', GOTOOLCHAIN: 'local', CGO_ENABLED: '0' }

/** The version that a `go` command reports; undefined if it does not run. */
export async function goVersion(go: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(go, ['env', 'GOVERSION'], { env: GO_VARIABLES })
    return semver.coerce(stdout)?.version
  } catch (error) {
    if (error instanceof RunError) return undefined
    throw error
  }
}

/**
 * Builds a program from the Go module proxy; `go` checks the contents against sum.golang.org. Our own module
 * requires it, so that replacements apply. Throws RunError.
 */
export async function buildGoProgram(source: GoSource, build: GoBuild): Promise<void> {
  const lines = [
    'module distrolab.invalid/obtained',
    // Without it the module graph is not pruned, and contains versions that no proxy has.
    `go ${source.go}`,
    `require ${source.module} v${source.version}`,
    ...(source.replace === undefined ? [] : [`replace ${source.replace}`]),
  ]
  await writeFile(join(build.folder, 'go.mod'), `${lines.join('\n')}\n`)
  const target = source.package === '' ? source.module : `${source.module}/${source.package}`
  const flags = [
    ...['-mod=mod', '-trimpath', '-buildvcs=false'],
    `-ldflags=${['-s -w', source.linkerFlags ?? ''].join(' ').trim()}`,
  ]
  await run(build.go, ['build', ...flags, '-o', build.output, target], {
    cwd: build.folder,
    env: GO_VARIABLES,
    ...(build.signal === undefined ? {} : { signal: build.signal }),
  })
}
