import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { readSource, sourcePath } from '../cli/support.js'

/** A fenced block of commands. What runs only in a cloud or a bucket says so behind `sh`, and is not executed here. */
export interface Block {
  readonly commands: string
  readonly needs: 'nothing' | 'bucket' | 'cloud'
}

export const runbookNames = (): string[] =>
  readdirSync(sourcePath('docs/runbooks')).map((file) => basename(file, '.md'))

export async function readBlocks(name: string): Promise<Block[]> {
  const text = await readSource(`docs/runbooks/${name}.md`)
  return [...text.matchAll(/^( *)```sh(?: (bucket|cloud))?\n([^]*?)^ *```$/gm)].map(
    ([, indent = '', needs, commands = '']) => ({
      commands: commands.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      needs: (needs ?? 'nothing') as Block['needs'],
    }),
  )
}
