import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { cliPage } from './cli-page.js'
import { configPage } from './config-page.js'
import { errorsPage } from './errors-page.js'
import { root } from './root.js'
import { flagsFromEnvironment } from './variables-read.js'

/** The pages of docs/reference/ as the code gives them, by file. */
export async function referencePages(): Promise<Readonly<Record<string, string>>> {
  const fromEnvironment = await flagsFromEnvironment()
  return {
    'cli.md': await formatted(cliPage(fromEnvironment)),
    'config.md': await formatted(configPage(fromEnvironment)),
    'errors.md': await formatted(errorsPage()),
  }
}

export const referenceFolder = join(root, 'docs/reference')

async function formatted(text: string): Promise<string> {
  const options = await resolveConfig(join(referenceFolder, 'page.md'))
  return format(text, { ...options, parser: 'markdown' })
}
