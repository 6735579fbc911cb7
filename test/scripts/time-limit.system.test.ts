import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { runJoined } from '../../scripts/run.js'
import { TimeOverError } from '../../scripts/time-limit.js'

jest.setTimeout(30_000)
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limit-'))
})
afterEach(() => rm(folder, { recursive: true }))

const limited = (script: string, timeLimitMs: number) =>
  runJoined('sh', ['-c', script], {
    env: {},
    timeLimitMs,
    signal: new AbortController().signal,
    stopWith: () => 'SIGINT',
  })

describe('a program whose time is limited', () => {
  test('that ends in time keeps its exit code', async () => {
    expect(await limited('exit 7', 20_000)).toBe(7)
  })

  test('gets TERM with all that it started, and time to tidy up', async () => {
    const file = join(folder, 'said')
    const script = `trap 'echo TERM >${file}; exit 0' TERM; sleep 600 & wait`
    await expect(limited(script, 300)).rejects.toThrow(TimeOverError)
    expect(await readFile(file, 'utf8')).toBe('TERM\n')
  })

  test('is killed when it passes over TERM', async () => {
    const file = join(folder, 'pid')
    const script = `trap '' TERM; echo $$ >${file}; while :; do sleep 0.1; done`
    await expect(limited(script, 500)).rejects.toThrow(TimeOverError)
    expect(existsSync(`/proc/${(await readFile(file, 'utf8')).trim()}`)).toBe(false)
  })

  test('is left when a part of it has a process group of its own and keeps the streams', async () => {
    const file = join(folder, 'pid')
    const script = `setsid sh -c 'echo $$ >${file}; exec sleep 600' & wait`
    await expect(limited(script, 500)).rejects.toThrow(TimeOverError)
    process.kill(Number(await readFile(file, 'utf8')), 'SIGKILL')
  })
})
