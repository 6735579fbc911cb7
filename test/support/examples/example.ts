import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { sourcePath } from '../cli/support.js'
import { CLI } from '../../stand-in/lab-cli.js'
import type { Sandbox } from '../../stand-in/sandbox.js'

export const exampleNames = (): string[] =>
  readdirSync(sourcePath('examples'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()

export interface ShellRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** An example as a reader has it: copied to a folder of their own, with `distrolab` and `tofu` on PATH. */
export class Example {
  private constructor(
    private readonly box: Sandbox,
    readonly folder: string,
  ) {}

  static async copy(box: Sandbox, name: string): Promise<Example> {
    const folder = join(box.root, name)
    await cp(sourcePath(`examples/${name}`), folder, { recursive: true })
    const bin = join(box.root, 'bin')
    await program(join(bin, 'distrolab'), `exec '${process.execPath}' '${CLI}' "$@"`)
    // What a job does to its own computer is written down instead of being done to this one.
    for (const name of ['npm', 'sudo'])
      await program(join(bin, name), `echo "${name} $*" >>'${box.root}/installed'`)
    await mkdir(join(box.root, 'user'), { recursive: true })
    return new Example(box, folder)
  }

  /** Runs commands in the example's folder as a shell that stops at the first failure. */
  shell(commands: string, env: Readonly<Record<string, string>> = {}): Promise<ShellRun> {
    const PATH = `${join(this.box.root, 'bin')}:${dirname(process.execPath)}:${this.box.env['PATH'] ?? ''}`
    const options = { cwd: this.folder, env: { ...this.box.env, PATH, ...env } }
    return new Promise((resolve) =>
      execFile('bash', ['-e', '-o', 'pipefail', '-c', commands], options, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      ),
    )
  }

  /** As `shell`, for commands that must succeed. Returns what they printed. */
  async ok(commands: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { code, stdout, stderr } = await this.shell(commands, env)
    if (code !== 0) throw new Error(`${commands} → ${code}\n${stdout}${stderr}`)
    return stdout
  }

  read(path: string): Promise<string> {
    return readFile(join(this.folder, path), 'utf8')
  }

  async readYaml(path: string): Promise<unknown> {
    return parse(await this.read(path))
  }

  /** Changes a file of the copy; a text that is not there is an error. */
  async edit(path: string, before: string, after: string): Promise<void> {
    const text = await this.read(path)
    if (!text.includes(before)) throw new Error(`${path} does not have ${before}`)
    await writeFile(join(this.folder, path), text.replaceAll(before, after))
  }

  /** What the job would have installed. */
  installed(): Promise<string> {
    return readFile(join(this.box.root, 'installed'), 'utf8')
  }
}

async function program(path: string, script: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
}
