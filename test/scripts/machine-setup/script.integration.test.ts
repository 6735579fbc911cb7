import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from '@jest/globals'
import type { MachineSetup } from '../../../scripts/machine-setup/load.js'
import { setupScript } from '../../../scripts/machine-setup/script.js'
import { makeGuest } from '../../stand-in/guest.js'
import { temporaryFolder } from '../../support/cli/support.js'

const NONCE = 'nonce-7'
const NOTHING: MachineSetup = { packages: [], files: [], script: undefined }
const SHELLS = [['dash'], ['bash', '--posix'], ['busybox', 'sh']] as const

let home: string
let path: string
beforeEach(() => {
  ;({ home, path } = makeGuest(temporaryFolder()))
  mkdirSync(join(home, 'work'))
})

interface Ran {
  readonly code: number | null
  readonly stdout: string
  /** Without the nonce. */
  readonly told: readonly string[]
  readonly complaint: string
}

/** In a stand-in's own /var/lib. */
function run(setup: Partial<MachineSetup>, shell: readonly string[] = ['dash'], digest = 'sha256:1'): Ran {
  const script = setupScript({ setup: { ...NOTHING, ...setup }, digest, nonce: NONCE, manager: 'apt' })
  writeFileSync(join(home, 'all'), script)
  mkdirSync(join(home, '.etc/lib/distrolab'), { recursive: true })
  const words = ['-n', ...shell, join(home, 'all'), join(home, 'work')]
  const { status, stdout, stderr } = spawnSync(join(home, '.bin/sudo'), words, {
    env: { HOME: home, PATH: path },
    encoding: 'utf8',
  })
  const lines = stderr.split('\n')
  return {
    code: status,
    stdout,
    told: lines.filter((line) => line.startsWith(NONCE)).map((line) => line.slice(NONCE.length + 1)),
    complaint: lines.filter((line) => !line.startsWith(NONCE)).join('\n'),
  }
}

const scriptOf = (text: string): Pick<MachineSetup, 'script'> => ({ script: { name: 'run', text } })

describe.each(SHELLS)('with %s', (...shell) => {
  test('packages, files and the script are done in this order, once', () => {
    const content = Buffer.from([0, 255, 10, 39, 34, 36])
    const file = { path: join(home, "a b/it's"), content, mode: '0640', owner: 'root:root' }
    const setup = {
      packages: ['rsync', 'acl'],
      files: [file],
      ...scriptOf('echo ran; cat "$HOME/a b/it\'s" | wc -c\n'),
    }
    const first = run(setup, shell)
    expect(first).toMatchObject({ code: 0, told: ['part packages', 'part files', 'part script'] })
    expect(first.stdout).toMatch(/^apt-get .* update\napt-get .* install rsync acl\nran\n6\n$/)
    expect(readFileSync(file.path)).toEqual(content)
    expect(statSync(file.path).mode & 0o777).toBe(0o640)
    expect(run(setup, shell)).toMatchObject({ code: 0, stdout: '', told: ['done'] })
    expect(run(setup, shell, 'sha256:2')).toMatchObject({
      code: 0,
      told: expect.arrayContaining(['part script']),
    })
  })

  test('what fails is told, and nothing is remembered', () => {
    expect(run({ packages: ['no-such-package'] }, shell)).toMatchObject({
      code: 100,
      told: ['part packages'],
      complaint: expect.stringContaining('Unable to locate'),
    })
    const folder = { path: home, content: Buffer.of(), mode: '0644', owner: 'root' }
    expect(run({ files: [folder] }, shell)).toMatchObject({
      code: 1,
      complaint: expect.stringContaining('is a folder'),
    })
    expect(existsSync(join(home, '.etc/lib/distrolab/setup'))).toBe(false)
  })
})

describe('the line of a failure', () => {
  test.each([
    ['a command', 'echo a\n\nfalse\necho never\n', 'line 3', 1],
    ['a command in a function', 'f() {\n  true\n  false\n}\nif true; then\n  f\nfi\n', 'line 3', 1],
    ['no command where the script itself exits', 'echo a\nexit 7\n', 'part script', 7],
    ['a command of a script for sh', '#!/bin/sh\ncd /no/such/place\n', 'line 2', 1],
    ['a command after several lines of text', 'x="a\nb\nc"\nls /no/such/place\n', 'line 4', 2],
  ])('is that of %s', (_case, text, line, code) => {
    const ran = run(scriptOf(text))
    expect([ran.code, ran.told.at(-1), ran.stdout.includes('never')]).toEqual([code, line, false])
  })

  test('is told by the shell itself for a syntax error, of which nothing is run', () => {
    const ran = run(scriptOf('echo a\nif true; then\n'))
    expect(ran).toMatchObject({ code: 2, stdout: '', told: ['part script'] })
    expect(ran.complaint).toMatch(/\/script: line 3: syntax error/)
  })

  test('is left to the program that a script is for', () => {
    const ran = run(scriptOf('#!/usr/bin/env node\nconsole.log("node")\nprocess.exit(3)\n'))
    expect(ran).toMatchObject({ code: expect.any(Number), told: ['part script'] })
    expect(ran.code).not.toBe(0)
  })

  test('a script reads nothing', () => {
    expect(run(scriptOf('wc -c\n'))).toMatchObject({ code: 0, stdout: '0\n' })
  })
})
