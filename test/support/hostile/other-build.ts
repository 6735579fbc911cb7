import { cp, link, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sourcePath } from '../cli/support.js'
import type { Protection } from './protections.js'

/** A copy of what the build made, one part of which can be changed at a time. */
export class OtherBuild {
  readonly program: string
  readonly #changed = new Map<string, string>()

  constructor(private readonly root: string) {
    this.program = join(root, 'dist/test/stand-in/warm-cli-program.js')
  }

  async make(): Promise<void> {
    const data = ['node_modules', 'backend', 'distro-catalog', 'docs', 'scripts', 'stacks']
    for (const name of data) await symlink(sourcePath(name), join(this.root, name))
    await cp(sourcePath('package.json'), join(this.root, 'package.json'))
    const dist = sourcePath('dist')
    for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name).slice(dist.length + 1)
      if (!entry.isFile() || path.startsWith('bundle/') || path.endsWith('.map')) continue
      await mkdir(dirname(this.#file(path)), { recursive: true })
      await link(join(dist, path), this.#file(path)).catch(() => cp(join(dist, path), this.#file(path)))
    }
    // The bundled programs would be as they are.
    await mkdir(this.#file('bundle'))
    for (const [name, main] of [
      ['driver', 'main'],
      ['watchdog', 'watchdog'],
    ])
      await writeFile(this.#file(`bundle/${name}.js`), `import '../local-vm/${main}.js'\n`)
  }

  /** Throws where a text that is to be changed is not there any more. */
  async turnOff({ name, off }: Protection): Promise<void> {
    for (const { module, from, to } of off) {
      const text = await readFile(this.#file(module), 'utf8')
      if (text.split(from).length !== 2) throw new Error(`${name}: ${module} has not just one ${from}`)
      if (!this.#changed.has(module)) this.#changed.set(module, text)
      await this.#put(
        module,
        text.replace(from, () => to),
      )
    }
  }

  async restore(): Promise<void> {
    for (const [module, text] of this.#changed) await this.#put(module, text)
    this.#changed.clear()
  }

  /** The file may be the very one that was built. */
  async #put(module: string, text: string): Promise<void> {
    await rm(this.#file(module))
    await writeFile(this.#file(module), text)
  }

  #file(path: string): string {
    return join(this.root, 'dist', path)
  }
}
