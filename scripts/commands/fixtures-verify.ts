import type { Command } from '../command.js'
import { textFlag } from '../flags.js'
import { machineOption, nameOption, profileOption } from '../options.js'
import { atOption } from './fixtures-options.js'

export const fixturesVerifyCommand: Command = {
  name: 'fixtures verify',
  positionals: '[lab] [set]',
  describe: 'Compare test files with what they were when they were applied',
  options: { ...profileOption, ...nameOption, ...machineOption, ...atOption },
  examples: [
    ['distrolab fixtures verify web sync-basic', 'each difference in a line; exit code 1 if any'],
    ['distrolab fixtures verify web sync-basic -o json', 'the same for programs'],
  ],
  exitCodes: [['1', 'something is different, or it failed']],
  async run(context, { lab, flags }) {
    const { askedPlace, askedSet } = await import('../lifecycle/fixtures/asked.js')
    const { name } = await askedSet(context, 'fixtures verify', flags)
    const at = askedPlace('fixtures verify', textFlag(flags, 'at'), name)
    const { verifyTree } = await import('../lifecycle/fixtures/compare.js')
    const result = await verifyTree(context, { lab, machine: textFlag(flags, 'machine'), at })
    const { renderVerified } = await import('../report/fixtures-text.js')
    return { text: renderVerified(result), json: result, exitCode: result.equal ? 0 : 1 }
  },
}
