import { expect, test } from '@jest/globals'
import { resetSteps, swapSteps, upSteps } from '../../../scripts/lab/step-lists.js'

test('test files come after cloud-init and before the baseline, also when a cloud goes back to it', () => {
  expect(upSteps('ready', 'snapshot', ['fixtures']).slice(-4)).toEqual([
    ...['cloud-init', 'fixtures', 'baseline', 'mark'],
  ])
  expect(swapSteps('image', ['fixtures']).slice(-3)).toEqual(['cloud-init', 'fixtures', 'mark'])
  expect(resetSteps('image', ['fixtures']).slice(-3)).toEqual(['cloud-init', 'fixtures', 'verify'])
  expect(resetSteps('snapshot', ['fixtures'])).not.toContain('fixtures')
  expect(upSteps('ssh', 'snapshot', ['fixtures'])).not.toContain('fixtures')
  expect(upSteps('ready', 'snapshot')).not.toContain('fixtures')
})
