import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Sandbox } from '../stand-in/sandbox.js'
import { sourcePath } from '../support/cli/support.js'

const CLI = sourcePath('dist/bundle/cli.js')
const FILES = ['GITHUB_STATE', 'GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY']

export interface Ended {
  readonly code: number | null
  readonly text: string
}

/** Runs the action's two programs as GitHub's runner does: with inputs, states and files in the environment. */
export class Job {
  readonly #folder: string

  constructor(
    private readonly box: Sandbox,
    private readonly inputs: Readonly<Record<string, string>>,
    name = 'job',
    private readonly env: NodeJS.ProcessEnv = {},
  ) {
    this.#folder = join(box.root, name)
    mkdirSync(this.#folder)
    for (const file of FILES) writeFileSync(join(this.#folder, file), '')
  }

  start(program: 'main' | 'post', more: Readonly<Record<string, string>> = {}): Running {
    const inputs = { cli: CLI, ...this.inputs, ...more }
    const states = program === 'post' ? this.#read('GITHUB_STATE') : {}
    const env = {
      ...this.box.env,
      ...this.env,
      ...prefixed('INPUT_', inputs, (name) => name.toUpperCase()),
      ...prefixed('STATE_', states, (name) => name),
      ...Object.fromEntries(FILES.map((file) => [file, join(this.#folder, file)])),
      RUNNER_TEMP: this.#folder,
      GITHUB_REPOSITORY: 'anna/project',
      GITHUB_RUN_ID: '7',
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_JOB: 'test',
    }
    return new Running(spawn(process.execPath, [sourcePath(`action/${program}.mjs`)], { env }))
  }

  run(program: 'main' | 'post', more?: Readonly<Record<string, string>>): Promise<Ended> {
    return this.start(program, more).ended
  }

  get outputs(): Readonly<Record<string, string>> {
    return this.#read('GITHUB_OUTPUT')
  }

  get saved(): Readonly<Record<string, string>> {
    return this.#read('GITHUB_STATE')
  }

  summary(): string {
    return readFileSync(join(this.#folder, 'GITHUB_STEP_SUMMARY'), 'utf8')
  }

  /** As the runner reads these files: `NAME<<END`, lines, `END`. */
  #read(file: string): Record<string, string> {
    const text = readFileSync(join(this.#folder, file), 'utf8')
    const entries = text.matchAll(/^(\w[\w-]*)<<(.+)\n([^]*?)\n\2$/gm)
    return Object.fromEntries([...entries].map(([, name = '', , value = '']) => [name, value]))
  }
}

const prefixed = (
  prefix: string,
  values: Readonly<Record<string, string>>,
  change: (name: string) => string,
): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${change(name)}`, value]))

export class Running {
  readonly ended: Promise<Ended>
  #text = ''

  constructor(readonly child: ChildProcess) {
    const hear = (data: Buffer): void => void (this.#text += data.toString())
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    this.ended = new Promise((resolve) => child.once('close', (code) => resolve({ code, text: this.#text })))
  }
}
