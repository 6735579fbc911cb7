import type { Command } from '../command.js'
import { textFlag } from '../flags.js'
import { leaseOptions, machineOptions, yesOption } from '../options.js'
import { typed } from '../report/typed.js'

export const imagesForgetCommand: Command = {
  name: 'images forget',
  positionals: '[distro]',
  describe: 'Remove an imported image and its uploaded disk, and verify that both are gone',
  options: {
    provider: { type: 'string', requiresArg: true, describe: 'aws, azure or google' },
    arch: machineOptions['arch'] ?? {},
    ...leaseOptions,
    ...yesOption,
  },
  examples: [['distrolab images forget arch --provider google', 'asks first, at a terminal']],
  async run(context, { flags }) {
    const [distro, provider] = [textFlag(flags, 'distro'), textFlag(flags, 'provider')]
    const { confirm } = await import('../confirm.js')
    const question = `Remove the imported image of ${distro ?? '?'} from ${provider ?? '?'}, for everyone who uses this backend?`
    await confirm(context, { command: typed`images forget ${distro ?? ''}`, question, unattended: 'proceed' })
    const { forgetImage } = await import('../images/forget.js')
    const result = await forgetImage(context, distro, provider)
    return { text: `The image ${result.name} was removed; verified: nothing is left.`, json: result }
  },
}
