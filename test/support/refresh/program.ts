import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answer } from '../../../scripts/refresh/question.js'
import type { Refresh } from '../../../scripts/refresh/refresh.js'

const PROGRAM = fileURLToPath(new URL('../../../scripts/refresh-catalog.js', import.meta.url))

export interface Run {
  readonly code: number
  readonly stdout: string
}

/** `npm run catalog:refresh` for somebody who has this home and no credentials but those in `env`. */
export function runRefresh(
  home: string,
  env: Readonly<Record<string, string>>,
  words: readonly string[],
): Promise<Run> {
  const { PATH = '' } = process.env
  const clean = { PATH, HOME: home, METADATA_SERVER_DETECTION: 'none', AWS_EC2_METADATA_DISABLED: 'true' }
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...words], { env: { ...clean, ...env } }, (error, stdout) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout }),
    )
  })
}

/** Of a run with `-o json`, each by its `name`. */
export const answersOf = (
  { stdout }: Run,
  name: (row: Refresh['rows'][number]) => string,
): Record<string, Answer> =>
  Object.fromEntries((JSON.parse(stdout) as Refresh).rows.map((row) => [name(row), row.answer]))
