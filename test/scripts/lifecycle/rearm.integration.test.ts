import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { waitUntil } from '../../stand-in/lab-cli.js'
import { useSandboxes, type MachineProcess, type Sandbox } from '../../stand-in/sandbox.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(60_000)
const makeSandbox = useSandboxes()

const watchdogs = (box: Sandbox): number[] => box.processes('watchdog').map(({ pid }) => pid)
const expiryFile = ({ folder }: MachineProcess): string => join(folder, 'expiry.json')
const soon = (ms: number): string => new Date(Date.now() + ms).toISOString()

async function killWatchdog(box: Sandbox): Promise<void> {
  for (const pid of watchdogs(box)) await box.kill(pid)
  expect(watchdogs(box)).toEqual([])
}

describe('a machine whose watchdog was killed', () => {
  test('shows in list as not armed, and is given another by each command that sees it', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    await killWatchdog(box)
    expect((await box.ok('list')).stdout).toContain(' watchdog missing')
    expect(watchdogs(box)).toHaveLength(1)
    expect((await box.ok('list')).stdout).toContain(' watchdog armed')
    const commands = [['status'], ['exec', '--', 'true'], ['ssh', '--', 'true'], ['recover']]
    for (const [verb = '', ...words] of commands) {
      await killWatchdog(box)
      await box.ok(verb, LAB, ...words)
      expect([verb, watchdogs(box).length]).toEqual([verb, 1])
    }
  })

  test('shows in list as not armed while its watchdog is suspended, which another one then replaces', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    const [suspended = -1] = watchdogs(box)
    process.kill(suspended, 'SIGSTOP')
    await waitUntil('its suspension', async () => (await box.ok('list')).stdout.includes(' watchdog missing'))
    expect(watchdogs(box)).toHaveLength(1)
    expect(watchdogs(box)).not.toContain(suspended)
  })

  test('does not outlive its TTL: the time of its own file counts, whatever the record says', async () => {
    const box = await makeSandbox()
    const machine = await box.up('--profile', LAB)
    await killWatchdog(box)
    await writeFile(expiryFile(machine), JSON.stringify({ expiresAt: soon(-1000) }))
    await box.editRecord(LAB, { expiresAt: null })
    await box.ok('list')
    await waitUntil('the machine to be off', () => box.machines().length === 0)
    await waitUntil('the end of its watchdog', () => box.processes().length === 0)
  })

  test('and whose file was lost too goes by the time on record', async () => {
    const box = await makeSandbox()
    const machine = await box.up('--profile', LAB)
    await killWatchdog(box)
    await rm(expiryFile(machine))
    await box.ok('status', LAB)
    expect(watchdogs(box)).toHaveLength(1)
    expect((await box.ok('list')).stdout).toContain(' watchdog armed')
    await killWatchdog(box)
    await writeFile(expiryFile(machine), '{')
    await box.editRecord(LAB, { expiresAt: soon(-1000) })
    expect((await box.run(['exec', LAB, '--', 'true'])).code).not.toBe(0)
    await waitUntil('the machine to be off', () => box.machines().length === 0)
  })
})
