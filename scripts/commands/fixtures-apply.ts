import type { Command } from '../command.js'
import { textFlag } from '../flags.js'
import { LabError } from '../errors.js'
import { leaseOptions, machineOption, nameOption, profileOption } from '../options.js'
import { atOption } from './fixtures-options.js'

export const fixturesApplyCommand: Command = {
  name: 'fixtures apply',
  positionals: '[lab] [set]',
  describe: 'Put a set of test files on a machine, under the lease',
  options: {
    ...profileOption,
    ...nameOption,
    ...machineOption,
    ...leaseOptions,
    ...atOption,
    seed: {
      type: 'string',
      requiresArg: true,
      describe: 'A number; the same seed gives the same content everywhere (default 1)',
    },
  },
  examples: [
    ['distrolab fixtures apply web sync-basic', "to fixtures/sync-basic in the user's home"],
    ['distrolab fixtures apply web large --at /srv/a', 'to a folder that is new or ours'],
    ['distrolab fixtures apply web ./ours.yaml --seed 7', 'a set of your own'],
  ],
  async run(context, { lab, flags }) {
    const { askedPlace, askedSet } = await import('../lifecycle/fixtures/asked.js')
    const set = await askedSet(context, 'fixtures apply', flags)
    const at = askedPlace('fixtures apply', textFlag(flags, 'at'), set.name)
    const seed = parseSeed(textFlag(flags, 'seed'))
    const { applyFixtureSet } = await import('../lifecycle/fixtures/apply.js')
    const machine = textFlag(flags, 'machine')
    const result = await applyFixtureSet(context, { lab, machine, set, at, seed })
    const { renderApplied } = await import('../report/fixtures-text.js')
    return { text: renderApplied(result), json: result }
  },
}

/** Throws LabError usage. */
function parseSeed(given = '1'): number {
  const seed = /^\d{1,10}$/.test(given) ? Number(given) : 0
  if (seed >= 1 && seed <= 2_147_483_646) return seed
  const problem = `--seed: expected a number from 1 to 2147483646, got "${given}".`
  throw new LabError({ code: 'usage', command: 'fixtures apply', problem })
}
