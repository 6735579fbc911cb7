import { once } from 'node:events'
import { existsSync, watch } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, jest, test } from '@jest/globals'
import { waitUntil, type CliProcess } from '../../../stand-in/lab-cli.js'
import type { Sandbox } from '../../../stand-in/sandbox.js'
import { connectOnce, type Connection } from '../../../../scripts/machine/connect.js'
import { readIdentity } from '../../../../scripts/machine/key.js'
import { carryOut } from '../../../../scripts/machine/transfer.js'
import { startFreezer } from '../../../support/machine/freezer.js'
import { targetAt } from '../../../support/machine/ssh-server.js'
import { errorOf } from '../../../support/cli/support.js'
import { hidden, useExecPlace } from '../../../support/labs/exec-place.js'
import { contextIn } from '../../../support/labs/in-process.js'
import { LAB } from '../../../support/labs/stages.js'

jest.setTimeout(180_000)
const LARGE = 400_000_000
const TIMEOUTS = { banner: 20_000, login: 20_000 }
let box: Sandbox
let home: string
let here: string
useExecPlace((place) => ({ box, home, here } = place))

describe('half of a file', () => {
  const begin = (...words: string[]): CliProcess =>
    box.start(['exec', LAB, ...words, '--', `head -c ${LARGE} /dev/zero >large`])
  const beginCopy = async (): Promise<CliProcess> => {
    await writeFile(join(here, 'large'), Buffer.alloc(LARGE))
    const run = begin('--copy', `${here}/large:copied`)
    await waitUntil('a draft on the machine', async () => (await hidden(home)).length > 0)
    return run
  }

  test('is on no machine after an interrupt', async () => {
    const run = await beginCopy()
    run.signal('SIGINT')
    expect((await run.done).code).toBe(130)
    expect(await hidden(home)).toEqual([])
    expect(existsSync(join(home, 'copied'))).toBe(false)
  })

  test('is not on this computer after an interrupt either', async () => {
    const run = begin('--fetch', `large:${here}`)
    await waitUntil('a draft here', async () => (await hidden(here)).length > 0)
    run.signal('SIGINT')
    expect((await run.done).code).toBe(130)
    expect(await readdir(here)).toEqual([])
  })

  test('is not on this computer wherever in the file the interrupt meets it', async () => {
    await writeFile(join(home, 'large'), Buffer.alloc(LARGE))
    const [machine] = box.machines()
    const identity = await readIdentity((await contextIn(box)).space, LAB)
    if (identity === undefined || machine === undefined) throw new Error('the lab is up')
    for (const laterMs of [0, 1, 2, 4, 8, 16, 32]) {
      const interrupt = new AbortController()
      const { signal } = interrupt
      const connection = await connectOnce(targetAt(machine.port, identity), TIMEOUTS, signal)
      const watcher = watch(here)
      const begun = once(watcher, 'change')
      const transfer = { flag: '--fetch', from: 'large', to: here } as const
      const ending = errorOf(carryOut(connection, transfer, { signal, onSkipped: () => undefined }))
      await begun
      watcher.close()
      await sleep(laterMs)
      interrupt.abort('enough')
      expect(await ending).toBe('enough')
      expect({ laterMs, left: await readdir(here) }).toEqual({ laterMs, left: [] })
      connection.client.end()
    }
  })

  test('that a killed copy left on the machine goes with the next copy', async () => {
    await writeFile(join(here, 'small'), 'small')
    const run = await beginCopy()
    run.signal('SIGKILL')
    await run.done
    expect(await hidden(home)).toHaveLength(1)
    await box.ok('up', LAB)
    await box.ok('exec', LAB, '--copy', `${here}/small:small`, '--', 'true')
    expect(await hidden(home)).toEqual([])
  })
})

describe('a machine that is lost', () => {
  const signal = new AbortController().signal

  /** Through a network that can be cut, asked every `keepAlive` ms whether it is still there. */
  async function connected(keepAlive = 100): Promise<{
    connection: Connection
    cut: () => void
    close: () => Promise<void>
  }> {
    const identity = await readIdentity((await contextIn(box)).space, LAB)
    const [machine] = box.machines()
    if (identity === undefined || machine === undefined) throw new Error('the lab is up')
    const proxy = await startFreezer(machine.port)
    const timeouts = { ...TIMEOUTS, keepAlive }
    const connection = await connectOnce(targetAt(proxy.port, identity), timeouts, signal)
    return { connection, cut: () => proxy.freeze(), close: () => proxy.close() }
  }

  test.each(['--copy', '--fetch'] as const)('under %s is an error, and no wait without end', async (flag) => {
    await writeFile(join(here, 'large'), Buffer.alloc(LARGE))
    await writeFile(join(home, 'large'), Buffer.alloc(LARGE))
    const { connection, cut, close } = await connected()
    const [from, to, place] =
      flag === '--copy' ? [join(here, 'large'), 'cut', home] : ['large', join(here, 'cut'), here]
    const before = await hidden(place)
    const options = { signal, onSkipped: () => undefined }
    const ending = errorOf(carryOut(connection, { flag, from, to }, options))
    await waitUntil('a draft', async () => (await hidden(place)).length > before.length)
    cut()
    expect(await ending).toMatchObject({ fault: { code: 'ssh-failed', machine: 'main' } })
    await close()
  })

  test('leaves no half of a file on this computer when the wait for it is interrupted', async () => {
    await writeFile(join(home, 'large'), Buffer.alloc(LARGE))
    const { connection, cut, close } = await connected(60_000)
    const interrupt = new AbortController()
    const transfer = { flag: '--fetch', from: 'large', to: here } as const
    const options = { signal: interrupt.signal, onSkipped: () => undefined }
    const ending = errorOf(carryOut(connection, transfer, options))
    await waitUntil('a draft', async () => (await hidden(here)).length > 0)
    cut()
    await sleep(200)
    interrupt.abort('enough')
    expect(await ending).toBe('enough')
    expect(await readdir(here)).toEqual([])
    connection.client.destroy()
    await close()
  })

  test('under a command is an error that says how to bring it back', async () => {
    const run = box.start(['exec', LAB, '--', 'echo begun >&2; exec sleep 60'])
    await run.says('begun')
    for (const { pid } of box.machines()) await box.kill(pid)
    const { code, stderr } = await run.done
    expect(code).toBe(1)
    expect(stderr).toContain(
      'SSH to debian-local/main failed: the connection was lost while the command ran.',
    )
    expect(stderr).toContain('distrolab up debian-local')
    expect(await box.record(LAB)).toMatchObject({ state: 'ready', failure: { code: 'ssh-failed' } })
  })
})
