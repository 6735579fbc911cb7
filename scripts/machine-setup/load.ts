import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { basename, dirname } from 'node:path'
import type { ValidateFunction } from 'ajv'
import { readPlainBytes } from '../../backend/plain-file.js'
import { setupProblems } from '../../distro-catalog/setup-rule.js'
import type { UserSetup } from '../../distro-catalog/setup-schema.js'
import { parseYamlText } from '../../distro-catalog/yaml-text.js'
import { readUserText, setupIn } from '../config.js'
import type { ConfigProblem } from '../config-schema.js'
import { LabError } from '../errors.js'
import { schemaProblem } from '../schema-problem.js'

/** What is done to a machine, with the content of all files. */
export interface MachineSetup {
  readonly packages: readonly string[]
  readonly files: readonly SetupFile[]
  readonly script: SetupScript | undefined
}

interface SetupFile {
  readonly path: string
  readonly content: Buffer
  /** Octal. */
  readonly mode: string
  readonly owner: string
}

export interface SetupScript {
  /** For people. */
  readonly name: string
  readonly text: string
}

/** Throws LabError config-invalid with all problems of the file, or for one that it names. */
export async function readSetupFile(file: string): Promise<UserSetup> {
  const { value, errors } = parseYamlText(await readUserText(file))
  const problems =
    errors.length > 0 ? errors.map((got) => wholeFile(file, 'YAML', got)) : problemsIn(file, value)
  if (problems.length > 0) throw new LabError({ code: 'config-invalid', problems })
  return setupIn(value as UserSetup, dirname(file))
}

function problemsIn(file: string, value: unknown): ConfigProblem[] {
  const validate = createRequire(import.meta.url)(
    '#package/dist/checks/setup.cjs',
  ) as ValidateFunction<UserSetup>
  if (!validate(value)) return (validate.errors ?? []).map((error) => schemaProblem(file, error))
  return setupProblems(value).map((problem) => ({ ...problem, file }))
}

/** Reads the files that a setup names. Throws LabError config-invalid. */
export async function loadSetup({
  packages = [],
  files = [],
  run,
  runFile,
}: UserSetup): Promise<MachineSetup> {
  const loaded = files.map(async ({ path, content, source, mode = '0644', owner = 'root:root' }) => ({
    path,
    content: source === undefined ? Buffer.from(content ?? '') : await readSource(source),
    mode,
    owner,
  }))
  return { packages, files: await Promise.all(loaded), script: await scriptOf(run, runFile) }
}

async function scriptOf(
  run: string | undefined,
  runFile: string | undefined,
): Promise<SetupScript | undefined> {
  if (runFile !== undefined) return { name: basename(runFile), text: (await readSource(runFile)).toString() }
  return run === undefined ? undefined : { name: 'run', text: run }
}

/** Of one file; it travels to every machine. */
const MOST_BYTES = 64 * 1024 ** 2

async function readSource(file: string): Promise<Buffer> {
  const expected = 'a readable file of at most 64 MiB'
  const refuse = (got: string, cause?: unknown): LabError =>
    new LabError({ code: 'config-invalid', problems: [wholeFile(file, expected, got)] }, { cause })
  try {
    const found = await readPlainBytes(file, { links: 'followed', most: MOST_BYTES })
    if (found !== undefined) return found
  } catch (error) {
    throw refuse((error as Error).message, error)
  }
  throw refuse('no such file')
}

const wholeFile = (file: string, expected: string, got: string): ConfigProblem => ({
  file,
  field: '(file)',
  expected,
  got,
})

/** In the form `digest`; the same for what does the same. */
export function digestOf(setups: ReadonlyMap<string, MachineSetup>): string {
  const parts = [...setups].map(([machine, { packages, files, script }]) => ({
    machine,
    packages,
    files: files.map(({ content, ...file }) => ({ ...file, content: sha256(content) })),
    script: script?.text ?? null,
  }))
  return `sha256:${sha256(JSON.stringify(parts))}`
}

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')
