import { expect, jest, test } from '@jest/globals'
import { runInOwnNetwork } from '../../../stand-in/own-network.js'

jest.setTimeout(900_000)

test('an answer of AWS that is lost makes no second machine, and leaves nothing behind', async () => {
  const { stdout } = await runInOwnNetwork(
    '../../../support/labs/lost-answers-worker.js',
    import.meta.url,
    'aws',
    '--network',
    'own',
  )
  expect(stdout).toMatch(/^aws: \d+ cases: \d+ creations and \d+ removals, lost in 3 ways$/m)
  process.stdout.write(stdout)
})
