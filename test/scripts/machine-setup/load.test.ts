import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { digestOf, loadSetup, readSetupFile } from '../../../scripts/machine-setup/load.js'
import { isForShell } from '../../../scripts/machine-setup/script.js'
import { faultOf, temporaryFolder } from '../../support/cli/support.js'

let folder: string
beforeEach(() => {
  folder = temporaryFolder()
})

const write = (name: string, text: string): string => {
  const file = join(folder, name)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text)
  return file
}

describe('the file of a setup', () => {
  test('names packages, files and a script, relative to its own folder', async () => {
    write('deep/app.conf', 'debug\n')
    write('deep/setup.sh', 'echo hello\n')
    const file = write(
      'deep/setup.yaml',
      'packages: [rsync]\nfiles: [{ path: /etc/app.conf, source: app.conf, mode: "0600" }, { path: /etc/motd, content: hi }]\nrunFile: ./setup.sh\n',
    )
    expect(await loadSetup(await readSetupFile(file))).toEqual({
      packages: ['rsync'],
      files: [
        { path: '/etc/app.conf', content: Buffer.from('debug\n'), mode: '0600', owner: 'root:root' },
        { path: '/etc/motd', content: Buffer.from('hi'), mode: '0644', owner: 'root:root' },
      ],
      script: { name: 'setup.sh', text: 'echo hello\n' },
    })
  })

  test.each([
    ['packages: [--force]', 'packages.0'],
    ['files: [{ path: etc/x, content: a }]', 'files.0.path'],
    ['files: [{ path: /etc/../x, content: a }]', 'files.0.path'],
    ['files: [{ path: /etc/x }]', 'files.0'],
    ['files: [{ path: /etc/x, content: a, source: b }]', 'files.0'],
    ['files: [{ path: /etc/x, content: a, mode: "999" }]', 'files.0.mode'],
    ['files: [{ path: /etc/x, content: a, owner: "$(id)" }]', 'files.0.owner'],
    ['{ run: a, runFile: b }', 'runFile'],
    ['runs: a', 'runs'],
  ])('is refused with the field that is wrong: %s', async (text, field) => {
    const file = write('setup.yaml', text)
    expect(await faultOf(readSetupFile(file))).toMatchObject({
      code: 'config-invalid',
      problems: expect.arrayContaining([expect.objectContaining({ file, field })]),
    })
  })

  test('names a file of this computer that is not there', async () => {
    expect(await faultOf(loadSetup({ runFile: join(folder, 'gone.sh') }))).toMatchObject({
      code: 'config-invalid',
      problems: [expect.objectContaining({ file: join(folder, 'gone.sh'), got: 'no such file' })],
    })
  })
})

describe('the digest of a setup', () => {
  const digestBy = async (run: string, content = 'a', machine = 'main'): Promise<string> =>
    digestOf(new Map([[machine, await loadSetup({ run, files: [{ path: '/x', content }] })]]))

  test('is that of what it does, wherever that is written', async () => {
    const script = write('setup.sh', 'echo a\n')
    const inFile = await loadSetup({ runFile: script, files: [{ path: '/x', content: 'a' }] })
    expect(digestOf(new Map([['main', inFile]]))).toBe(await digestBy('echo a\n'))
    const all = await Promise.all([
      digestBy('a'),
      digestBy('b'),
      digestBy('a', 'b'),
      digestBy('a', 'a', 'other'),
    ])
    expect(new Set(all).size).toBe(4)
    expect(all[0]).toMatch(/^sha256:[0-9a-f]{64}$/)
  })
})

test.each([
  ['echo a', true],
  ['#!/bin/sh\n', true],
  ['#!/bin/bash -e\n', true],
  ['#! /usr/bin/env bash\n', true],
  ['#!/usr/bin/python3\n', false],
  ['#!/usr/bin/fish\n', false],
])('a script that begins with %j is for a shell: %s', (text, expected) => {
  expect(isForShell(text)).toBe(expected)
})
