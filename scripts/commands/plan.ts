import type { Command } from '../command.js'
import { allOption, labOptions, machineOptions, nameOption, profileOption } from '../options.js'

const { wait: _wait, ...stackOptions } = machineOptions

export const planCommand: Command = {
  name: 'plan',
  positionals: '[lab]',
  describe: 'Show what up would change; changes and records nothing, and needs no lease',
  markdown: true,
  options: {
    ...profileOption,
    ...nameOption,
    ...allOption,
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
    ['distrolab plan --all -o markdown', 'every lab that the configuration declares'],
    ['distrolab plan web --detailed-exitcode', 'in CI: 0 is no change, 2 is changes'],
  ],
  exitCodes: [
    ['0', 'done; with `--detailed-exitcode`: nothing would change'],
    ['1', 'failed; with `--detailed-exitcode` also: usage or configuration is wrong'],
    ['2', 'usage or configuration is wrong; with `--detailed-exitcode` only: something would change'],
  ],
  async run(context, { lab, flags }) {
    const { planEntries } = await import('../lifecycle/plan/entries.js')
    const isAll = flags['all'] === true
    const entries = await planEntries(context, lab, isAll)
    const { renderEntries } = await import('../report/plan-text.js')
    const { renderPlanMarkdown } = await import('../report/plan-markdown.js')
    const { isChange, jsonOf } = await import('../report/plan-verdict.js')
    const documents = entries.map(jsonOf)
    const whole = isAll ? 'plan --all' : `plan ${lab ?? ''}`.trim()
    return {
      text: renderEntries(entries),
      json: documents.length === 1 && !isAll ? documents[0] : documents,
      markdown: renderPlanMarkdown(entries, { whole, runUrl: context.env.ciRunUrl, now: new Date() }),
      exitCode: context.settings.detailedExitCode && entries.some(isChange) ? 2 : 0,
    }
  },
}
