import { afterAll, jest } from '@jest/globals'
import { readFile, rm } from 'node:fs/promises'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { LabError, type LabFault } from '../../../scripts/errors.js'

/** Generous: a hang must fail, a slow machine must not. */
jest.setTimeout(120_000)

const made: string[] = []
afterAll(async () => {
  await Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true })))
})

/** A new folder that is removed after the file's last test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'distrolab-test-'))
  made.push(folder)
  return folder
}

/** A path in the source tree, whose data files are not copied to dist/. */
export const sourcePath = (path: string): string =>
  fileURLToPath(new URL(`../../../../${path}`, import.meta.url))

export const readSource = (path: string): Promise<string> => readFile(sourcePath(path), 'utf8')

/** What a promise, or a function, was rejected with. */
export async function errorOf(action: Promise<unknown> | (() => unknown)): Promise<unknown> {
  try {
    await (typeof action === 'function' ? action() : action)
  } catch (error) {
    return error
  }
  throw new Error('expected an error, but nothing was thrown')
}

/** The fault of what must end with a LabError. */
export async function faultOf(action: Promise<unknown> | (() => unknown)): Promise<LabFault> {
  const error = await errorOf(action)
  if (error instanceof LabError) return error.fault
  throw error
}

/** Waits until `condition` gives something; fails loudly instead of hanging. */
export async function until<T>(
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  what: string,
  timeoutMs = 30_000,
): Promise<T> {
  const started = performance.now()
  for (;;) {
    const value = await condition()
    if (value !== undefined && value !== false) return value
    if (performance.now() - started > timeoutMs) throw new Error(`gave up waiting for: ${what}`)
    await sleep(20)
  }
}

export const readOptional = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch(() => undefined)
