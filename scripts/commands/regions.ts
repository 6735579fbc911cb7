import type { Command } from '../command.js'
import { textFlag } from '../flags.js'
import { machineOptions, profileOption, providerOption } from '../options.js'

const { 'ssh-key': _key, 'allow-from': _from, wait: _wait, region: _region, ...sizeOptions } = machineOptions

export const regionsCommand: Command = {
  name: 'regions',
  describe: 'Rank the regions of a cloud, and say why',
  options: {
    ...profileOption,
    ...providerOption,
    ...sizeOptions,
    fresh: {
      type: 'boolean',
      describe: 'Measure again, even if the last measurement is less than a day old',
    },
  },
  examples: [
    ['distrolab regions --profile fedora-aws', 'where a new lab of this profile would go, best first'],
    ['distrolab regions --provider google --arch arm64', 'the same without a distro'],
  ],
  async run(context, { flags }) {
    const { questionOf } = await import('../regions/question.js')
    const { rankFor } = await import('../regions/rank.js')
    const { renderRanking } = await import('../report/ranking-text.js')
    const question = await questionOf(context, textFlag(flags, 'provider'))
    const ranking = await rankFor(context, question, flags['fresh'] === true ? 'anew' : 'measure')
    return { text: renderRanking(ranking), json: ranking }
  },
}
