import type { Command } from '../command.js'
import { textFlag } from '../flags.js'
import { nameOption, profileOption } from '../options.js'
import { atOption } from './fixtures-options.js'

export const fixturesDiffCommand: Command = {
  name: 'fixtures diff',
  positionals: '[lab] [one] [other]',
  describe: 'Compare a tree on two machines, by everything that a file system keeps',
  options: {
    ...profileOption,
    ...nameOption,
    at: {
      ...atOption['at'],
      describe: "The folder on both, from the user's home if relative; default: the only one with test files",
    },
  },
  examples: [
    ['distrolab fixtures diff pair source target', 'the only test files that source has'],
    ['distrolab fixtures diff pair a b --at /srv/x', 'the same folder on two machines'],
    ['distrolab fixtures diff pair a:/srv/x b:/srv/y', 'a folder for each'],
    ['distrolab fixtures diff pair a web/main --at /srv/x', 'machines of two labs'],
  ],
  exitCodes: [['1', 'something is different, or it failed']],
  async run(context, { lab, flags }) {
    const { askedTrees } = await import('../lifecycle/fixtures/asked.js')
    const asked = askedTrees(lab, textFlag(flags, 'one'), textFlag(flags, 'other'), textFlag(flags, 'at'))
    const { placedTrees } = await import('../lifecycle/fixtures/known-place.js')
    const trees = await placedTrees(context, ...asked)
    const { compareTrees } = await import('../lifecycle/fixtures/compare.js')
    const result = await compareTrees(context, ...trees)
    const { renderCompared } = await import('../report/fixtures-text.js')
    return { text: renderCompared(result), json: result, exitCode: result.equal ? 0 : 1 }
  },
}
