import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { cleanup } from '../../../../scripts/lifecycle/down/cleanup.js'
import { disturbed } from '../../../support/backend/support.js'
import { waitUntil } from '../../../stand-in/lab-cli.js'
import { keys } from '../../../stand-in/terminal.js'
import { useSandboxes, type Sandbox } from '../../../stand-in/sandbox.js'
import { contextIn } from '../../../support/labs/in-process.js'
import { LAB } from '../../../support/labs/stages.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()
const DAY = 86_400_000
const agreed = async (): Promise<void> => undefined

interface Cleaned {
  readonly labs: readonly { readonly lab: string; readonly outcome: string }[]
}

async function make(box: Sandbox, name: string, env: Record<string, string> = {}): Promise<void> {
  const up = await box.run(['up', '--profile', LAB, '--name', name, '--wait', 'none'], { env })
  expect(`${up.code} ${up.stderr}`).toMatch(/^0 /)
}

const outcomes = (labs: Cleaned['labs']): string[] => labs.map(({ lab, outcome }) => `${lab} ${outcome}`)

describe('cleanup', () => {
  test('destroys every lab side by side and tells what went', async () => {
    const box = await makeSandbox()
    for (const name of ['a', 'b', 'c', 'gone']) await make(box, name)
    await box.ok('down', 'gone')
    const engines = await box.hold('destroy')
    const cli = box.start(['cleanup', '-y'])
    await waitUntil('an engine for each lab', () => box.processes('engine').length === 3)
    await engines.release()
    const run = await cli.done
    expect(`${run.code} ${run.stderr}`).toMatch(/^0 /)
    expect(run.stdout).toMatch(
      /^LAB +RESULT +AFTER +WHY\na +destroyed .*\nb +destroyed .*\nc +destroyed .*\n$/,
    )
    expect(await box.traces()).toEqual([])
    expect((await box.events('b')).at(-1)).toMatchObject({ to: 'destroyed', command: 'cleanup' })
    const nothing = await box.ok('cleanup', '-y', '-o', 'json')
    expect(nothing.json()).toEqual({ labs: [] })
  })

  test('does nothing without --yes where nobody can be asked, and its hint hits no more labs than were meant', async () => {
    const box = await makeSandbox()
    await make(box, 'a')
    const env = { DISTROLAB_SESSION: 'mine' }
    const bare = await box.run(['cleanup'])
    expect(bare).toMatchObject({ code: 2, stdout: '' })
    const some = await box.run(['cleanup', '--session', '--older-than', '1d'], { env })
    expect(some.code).toBe(2)
    expect(some.stderr).toContain('distrolab cleanup --session --older-than 1d --yes')
    expect(await box.state('a')).toBe('provisioned')
  })

  test('asks once at a terminal, and not at all where there is nothing to destroy', async () => {
    const box = await makeSandbox()
    expect((await box.atTerminal('cleanup').done).screen).toContain('No lab matches.')
    await make(box, 'a')
    const cli = box.atTerminal('cleanup')
    await cli.shows('Destroy a and everything on their machines? [y/N]')
    cli.type(`y${keys.enter}`)
    expect(await cli.done).toMatchObject({ code: 0, screen: expect.stringMatching(/a +destroyed/) })
    expect(await box.state('a')).toBe('destroyed')
  })

  test('--session means the labs that this session made, whoever asks', async () => {
    const box = await makeSandbox()
    const mine = { DISTROLAB_SESSION: 'mine' }
    const ci = { CI_JOB_URL: 'https://ci/7' }
    await make(box, 'mine', mine)
    await make(box, 'by-run', ci)
    await make(box, 'nobodys')
    const lost = await box.run(['cleanup', '--session', '-y', '-o', 'json'])
    expect(lost).toMatchObject({ code: 2 })
    expect(lost.json()).toMatchObject({ error: { code: 'session-unknown' } })
    const clean = async (env: Record<string, string>): Promise<string[]> => {
      const run = await box.run(['cleanup', '--session', '-y', '-o', 'json'], { env })
      expect(run.code).toBe(0)
      return outcomes(run.json<Cleaned>().labs)
    }
    expect(await clean({ DISTROLAB_SESSION: 'another' })).toEqual([])
    expect(await clean({ ...ci, ...mine })).toEqual(['mine destroyed'])
    expect(await clean(ci)).toEqual(['by-run destroyed'])
    expect(await box.state('nobodys')).toBe('provisioned')
  })

  test('leaves a lab that another session made under the name meanwhile', async () => {
    const box = await makeSandbox()
    await make(box, LAB, { DISTROLAB_SESSION: 'mine' })
    const fates = await cleanup(await contextIn(box), { session: 'mine', olderThan: undefined }, async () => {
      await box.ok('down', LAB)
      await make(box, LAB, { DISTROLAB_SESSION: 'theirs' })
    })
    expect(fates).toMatchObject([{ lab: LAB, outcome: 'skipped', code: 'another-lab' }])
    expect(await box.state(LAB)).toBe('provisioned')
  })

  test('--older-than goes by the clock of the store', async () => {
    const box = await makeSandbox()
    await make(box, LAB)
    const young = await box.ok('cleanup', '--older-than', '1d', '-y', '-o', 'json')
    expect(young.json()).toEqual({ labs: [] })
    const later = await contextIn(box, (store) =>
      disturbed(store, { now: async () => new Date((await store.now()).getTime() + 2 * DAY) }),
    )
    const selection = { session: undefined, olderThan: DAY }
    expect(outcomes(await cleanup(later, selection, agreed))).toEqual([`${LAB} destroyed`])
  })

  test('exits 6 and tells what is left, such as a lab that somebody holds, and which record cannot be read', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    await make(box, 'free')
    await make(box, 'garbled')
    const garbled = join(box.home, 'labs', 'garbled', 'record.json')
    await writeFile(garbled, 'no record')
    const exec = box.start(['exec', LAB, '--', 'echo begun >&2; exec sleep 60'])
    await exec.says('begun')
    const run = await box.run(['cleanup', '-y', '--wait-lock', '0', '-o', 'json'])
    expect(run.code).toBe(6)
    expect(run.json<Cleaned>().labs).toMatchObject([
      { lab: LAB, outcome: 'left', code: 'lease-held' },
      { lab: 'free', outcome: 'destroyed' },
      { lab: 'garbled', outcome: 'inconclusive', code: 'record-unreadable' },
    ])
    exec.signal('SIGINT')
    await exec.done
  })
})
