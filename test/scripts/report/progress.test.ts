import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { stripVTControlCharacters } from 'node:util'
import { createProgress, printedProgress } from '../../../scripts/report/create-progress.js'
import { elapsed } from '../../../scripts/report/progress.js'
import { recordingStream } from '../../support/report/recording-stream.js'

test.each([
  [0, '0.0 s'],
  [-5, '0.0 s'],
  [49, '0.0 s'],
  [50, '0.1 s'],
  [12_449, '12.4 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min 0.0 s'],
  [63_210, '1 min 3.2 s'],
  [3_600_000, '60 min 0.0 s'],
])('%d ms are %s', (ms, text) => {
  expect(elapsed(ms)).toBe(text)
})

/** Elapsed times are the only thing in a line that differs from run to run. */
const withoutTimes = (text: string): string => text.replaceAll(/\d+\.\d s/g, 'T')

describe('without a terminal', () => {
  test('a step is a line when it begins, one for each new thing seen, and one when it ends', async () => {
    const { stream, written } = recordingStream()
    const progress = await createProgress({ stream, live: false, quiet: false })
    progress.beginStep('wait-ssh', 3, 6)
    progress.detail('connection refused')
    progress.detail('port open, no SSH handshake yet')
    progress.endStep()
    progress.beginStep('configure', 4, 6)
    progress.failStep()
    progress.say('Interrupted')
    progress.close()
    expect(withoutTimes(written()).split('\n')).toEqual([
      '[3/6] wait-ssh …',
      '[3/6] wait-ssh: connection refused (T)',
      '[3/6] wait-ssh: port open, no SSH handshake yet (T)',
      '[3/6] wait-ssh done in T',
      '[4/6] configure …',
      '[4/6] configure failed after T',
      'Interrupted',
      '',
    ])
  })

  test('a detail that differs in its numbers only is not repeated within the step', async () => {
    const { stream, written } = recordingStream()
    const progress = await createProgress({ stream, live: false, quiet: false })
    progress.beginStep('image', 1, 2)
    for (const percent of [1, 20.5, 99]) progress.detail(`loaded ${percent} %`)
    progress.beginStep('again', 2, 2)
    progress.detail('loaded 5 %')
    expect(written().match(/loaded/g)).toHaveLength(2)
  })

  test('a long silence is broken by a sign of life', async () => {
    const clock = jest.spyOn(performance, 'now')
    const { stream, written } = recordingStream()
    const progress = await createProgress({ stream, live: false, quiet: false })
    clock.mockReturnValue(1000)
    progress.beginStep('image', 1, 1)
    progress.detail('loaded 1 %')
    clock.mockReturnValue(30_900)
    progress.detail('loaded 2 %')
    clock.mockReturnValue(31_000)
    progress.detail('loaded 3 %')
    expect(written().match(/loaded \d/g)).toEqual(['loaded 1', 'loaded 3'])
  })
  afterEach(() => void jest.restoreAllMocks())

  test('has no control characters', async () => {
    const { stream, written } = recordingStream()
    const progress = await createProgress({ stream, live: false, quiet: false })
    progress.beginStep('a', 1, 1)
    progress.detail('b')
    progress.endStep()
    expect(stripVTControlCharacters(written())).toBe(written())
  })
})

test('--quiet says only what must be said', async () => {
  const { stream, written } = recordingStream()
  const progress = await createProgress({ stream, live: true, quiet: true })
  progress.beginStep('a', 1, 1)
  progress.detail('b')
  progress.endStep()
  progress.failStep()
  progress.say('Interrupted')
  progress.close()
  expect(written()).toBe('Interrupted\n')
})

test('on a terminal finished steps stay, each marked by how it ended', async () => {
  const { stream, written } = recordingStream(80)
  const progress = await createProgress({ stream, live: true, quiet: false })
  progress.beginStep('apply', 1, 2)
  progress.detail('terraform_data.main create start')
  progress.endStep()
  progress.beginStep('wait-ssh', 2, 2)
  progress.failStep()
  progress.close()
  const text = withoutTimes(stripVTControlCharacters(written()))
  expect(text).toContain('[1/2] apply … T  terraform_data.main create start')
  expect(text).toContain('[1/2] apply ✓ T\n')
  expect(text).toContain('[2/2] wait-ssh ✗ T\n')
})

test('what is secret is in no line, neither one that passes nor one that stays', async () => {
  const { stream, written } = recordingStream()
  const redact = (text: string): string => text.replaceAll('hunter22', '***')
  const progress = printedProgress(await createProgress({ stream, live: false, quiet: false }), redact)
  progress.beginStep('engine', 1, 1)
  progress.detail('from http://anna:hunter22@mirror')
  progress.endStep()
  progress.say('it was hunter22')
  progress.close()
  expect(withoutTimes(written()).split('\n')).toEqual([
    ...['[1/1] engine …', '[1/1] engine: from http://anna:***@mirror (T)', '[1/1] engine done in T'],
    ...['it was ***', ''],
  ])
})
