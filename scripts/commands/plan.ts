import type { Command } from '../command.js'
import { labOptions, machineOptions, nameOption, profileOption } from '../options.js'

const { wait: _wait, ...stackOptions } = machineOptions

export const planCommand: Command = {
  name: 'plan',
  positionals: '[lab]',
  describe: 'Show what up would change; changes and records nothing, and needs no lease',
  markdown: true,
  options: {
    ...profileOption,
    ...nameOption,
    ...labOptions,
    ...stackOptions,
    'detailed-exitcode': {
      type: 'boolean',
      describe: 'Exit with 0 if nothing would change and with 2 only if something would',
    },
  },
  examples: [
    ['distrolab plan debian-local', 'what up would change in this lab'],
    ['distrolab plan --profile fedora-aws', 'what a new lab would consist of, and where'],
    ['distrolab plan --profile debian-local,fedora-local', 'several profiles at once'],
    ['distrolab plan web -o markdown', 'for a pull request'],
    ['distrolab plan web --detailed-exitcode', 'in CI: 0 is no change, 2 is changes'],
  ],
  exitCodes: [
    ['0', 'done; with `--detailed-exitcode`: nothing would change'],
    ['1', 'failed; with `--detailed-exitcode` also: usage or configuration is wrong'],
    ['2', 'usage or configuration is wrong; with `--detailed-exitcode` only: something would change'],
  ],
  async run(context, { lab }) {
    const { planAsked } = await import('../lifecycle/plan/asked.js')
    const plans = await planAsked(context, lab)
    const { renderPlan, renderPlanMarkdown } = await import('../report/plan-text.js')
    const isChange = plans.some(({ changes }) => changes.length > 0)
    return {
      text: plans.map(renderPlan).join('\n'),
      json: plans.length === 1 ? plans[0] : plans,
      markdown: plans.map(renderPlanMarkdown).join('\n\n'),
      exitCode: context.settings.detailedExitCode && isChange ? 2 : 0,
    }
  },
}
