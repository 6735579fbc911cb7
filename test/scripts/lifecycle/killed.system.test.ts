import { describe, expect, jest, test } from '@jest/globals'
import { waitUntil } from '../../stand-in/lab-cli.js'
import { useSandboxes } from '../../stand-in/sandbox.js'
import { engineLocks, LAB, STAGES, upTo } from '../../support/labs/stages.js'

jest.setTimeout(60_000)
const makeSandbox = useSandboxes()
/** Far below the 60 s for which a lease is valid: only the proof that its holder is dead is as quick. */
const AT_ONCE_MS = 20_000

describe('after kill -9 of an up', () => {
  test.each(STAGES)(
    'at $name the record tells where it stood, and up finishes the work once',
    async (stage) => {
      const box = await makeSandbox()
      const { cli, release } = await upTo(box, stage)
      cli.signal('SIGKILL')
      await cli.done
      expect(await box.record(LAB)).toMatchObject({ state: stage.state, step: { name: stage.name } })
      const lock = (await box.ok('lock', 'status', LAB, '-o', 'json')).json()
      expect(lock).toMatchObject({ held: true, takeover: 'holder-dead', holder: { pid: cli.pid } })
      const started = performance.now()
      const up = box.start(['up', LAB, '-o', 'json'])
      const engines = box.processes('engine').map(({ pid }) => pid)
      if (engines.length > 0) {
        await up.says(`to finish (pid ${engines[0]})`)
        expect(box.processes('engine').map(({ pid }) => pid)).toEqual(engines)
      } else {
        await up.says(`] ${stage.name}`)
      }
      await release()
      const result = await up.done
      expect(`${result.code} ${result.stderr}`).toMatch(/^0 /)
      expect(performance.now() - started).toBeLessThan(AT_ONCE_MS)
      expect(box.machines()).toHaveLength(1)
      expect(await box.state(LAB)).toBe('ready')
      expect(await box.record(LAB)).toMatchObject({ engine: null, command: null })
      await waitUntil('nothing but the machine', () =>
        box.processes().every(({ role }) => role === 'machine' || role === 'watchdog'),
      )
      await box.ok('down', LAB)
      expect(await box.traces()).toEqual([])
    },
  )

  test.each(STAGES)('at $name down stops what outlived it and removes everything', async (stage) => {
    const box = await makeSandbox()
    const { cli, release } = await upTo(box, stage)
    cli.signal('SIGKILL')
    await cli.done
    const engines = box.processes('engine').map(({ pid }) => pid)
    const down = box.start(['down', LAB])
    if (engines.length > 0) await down.says(`to stop (pid ${engines[0]})`)
    await release()
    const result = await down.done
    expect(`${result.code} ${result.stderr}`).toMatch(/^0 /)
    await waitUntil('the end of everything', () => box.processes().length === 0)
    expect(await box.traces()).toEqual([])
    expect(await engineLocks(box)).toEqual([])
    expect(await box.state(LAB)).toBe('destroyed')
  })

  test.each(['up', 'down'])(
    'and of its engine and driver, as by a power cut, %s still works',
    async (verb) => {
      const box = await makeSandbox()
      const apply = STAGES.find(({ name }) => name === 'apply')
      const { cli, release } = await upTo(box, apply as (typeof STAGES)[number])
      cli.signal('SIGKILL')
      await cli.done
      for (const { pid } of box.processes()) await box.kill(pid)
      await release()
      await box.ok(verb, LAB)
      expect(box.machines()).toHaveLength(verb === 'up' ? 1 : 0)
      await box.ok('down', LAB)
      expect(await box.traces()).toEqual([])
    },
  )

  test('an engine that outlived two commands in a row is still not doubled', async () => {
    const box = await makeSandbox()
    const apply = STAGES.find(({ name }) => name === 'apply')
    const { cli, release } = await upTo(box, apply as (typeof STAGES)[number])
    cli.signal('SIGKILL')
    await cli.done
    const second = box.start(['up', LAB])
    await second.says('the OpenTofu of an earlier command')
    second.signal('SIGINT')
    expect((await second.done).code).toBe(130)
    const third = box.start(['up', LAB])
    await third.says('the OpenTofu of an earlier command')
    expect(box.processes('engine')).toHaveLength(1)
    await release()
    expect((await third.done).code).toBe(0)
    expect(box.machines()).toHaveLength(1)
  })
})
