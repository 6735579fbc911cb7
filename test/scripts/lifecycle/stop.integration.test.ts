import { beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { MachineProcess, Sandbox } from '../../stand-in/sandbox.js'
import { useSandboxes } from '../../stand-in/sandbox.js'
import { writeFile } from 'node:fs/promises'

jest.setTimeout(90_000)
const LAB = 'debian-local'
const makeSandbox = useSandboxes()

describe('a local lab', () => {
  let box: Sandbox
  let machine: MachineProcess
  beforeEach(async () => {
    box = await makeSandbox()
    machine = await box.up('--profile', LAB)
  })

  test('is stopped and started again with its disk, its record stays ready, and history tells both', async () => {
    await writeFile(box.disk(machine, 'guest', 'kept'), '')
    const stopped = await box.ok('stop', LAB)
    expect(stopped.stdout).toMatch(
      /^Stopped debian-local: main\. It uses no memory now, only disk\.\nIts TTL/,
    )
    expect(stopped.stdout).toContain(`distrolab start ${LAB}`)
    expect(box.machines()).toEqual([])
    expect(await box.state(LAB)).toBe('ready')
    const again = (await box.ok('stop', LAB, '-o', 'json')).json()
    expect(again).toMatchObject({ machines: [{ name: 'main', was: 'stopped' }] })
    const started = (await box.ok('start', LAB, '-o', 'json')).json()
    expect(started).toMatchObject({ state: 'ready', started: ['main'], machines: [{ power: 'running' }] })
    expect(started).toMatchObject({ enforcers: [{ state: 'armed' }] })
    expect((await box.run(['exec', LAB, '--', 'ls'])).stdout).toContain('kept')
    expect((await box.ok('history', LAB)).stdout).toMatch(/stopped main[^]*started main/)
    expect((await box.ok('start', LAB, '-o', 'json')).json()).toMatchObject({ started: [] })
  })

  test('that is stopped says so at once to each command, with the next one', async () => {
    await box.ok('stop', LAB)
    for (const line of [
      ['exec', LAB, '--', 'true'],
      ['cp', `${LAB}:x`, '.'],
      ['ssh', LAB, '--', 'true'],
    ]) {
      const run = await box.run(line)
      expect(`${run.code} ${run.stderr}`).toMatch(
        /^1 [^]*debian-local\/main is stopped\.[^]*distrolab start debian-local/,
      )
    }
    expect((await box.ok('status', LAB)).stderr).toContain('distrolab start debian-local brings it back.')
    expect((await box.ok('list')).stdout).toContain('ready, VM off')
    expect((await box.ok('recover', LAB)).stdout).toContain('main is off')
    expect(await box.state(LAB)).toBe('ready')
    await box.ok('down', LAB)
  })
})
