import type { Command } from '../command.js'
import {
  allOption,
  coldOption,
  labOptions,
  limitOptions,
  leaseOptions,
  machineOptions,
  nameOption,
  profileOption,
  ttlOption,
} from '../options.js'

export const upCommand: Command = {
  name: 'up',
  positionals: '[lab]',
  describe: 'Create a lab, or reconnect to it, and wait until SSH works',
  options: {
    ...profileOption,
    ...nameOption,
    ...allOption,
    ...labOptions,
    ...machineOptions,
    ...ttlOption,
    'on-failure': {
      type: 'string',
      requiresArg: true,
      describe: 'keep (default) or destroy: what happens to a new lab that fails',
    },
    ...coldOption,
    ...limitOptions,
    ...leaseOptions,
    'ssh-config': {
      type: 'boolean',
      describe: 'Add one line to ~/.ssh/config, so that plain ssh knows labs by name; false: never ask',
    },
    'install-prerequisites': {
      type: 'boolean',
      describe: 'Install missing system packages with apt (root or sudo)',
    },
  },
  examples: [
    ['distrolab up --profile debian-local', 'a Debian VM on this computer'],
    ['distrolab up --profile debian-12-local --name old', 'a second one under its own name'],
    ['distrolab up --profile debian-local --count 2', 'one lab of two machines, m1 and m2'],
    ['distrolab up debian-local --on-failure destroy', 'for CI: a new lab that fails is removed'],
    ['distrolab up debian-local --ssh-config', 'then: ssh debian-local'],
    ['distrolab up --all', 'every lab that the configuration declares'],
    ['distrolab up debian-local -o json', 'its address and ssh command for a script'],
  ],
  async run(context, { lab, flags }) {
    if (flags['install-prerequisites'] === true) {
      const { installMissing } = await import('../setup/install.js')
      await installMissing(context)
    }
    if (flags['all'] === true) {
      const { exitCodeOfUps, upAll } = await import('../lifecycle/up/up-all.js')
      const { renderUps } = await import('../report/ups-text.js')
      const labs = await upAll(context, lab)
      return { text: renderUps(labs), json: { labs }, exitCode: exitCodeOfUps(context, labs) }
    }
    const { labNameOf } = await import('../lab/target.js')
    labNameOf(context, lab)
    const { offerNames, sayTakenNames } = await import('../ssh-names/offer.js')
    // Now, while someone is there: making a lab takes minutes.
    await offerNames(context)
    const { up } = await import('../lifecycle/up/up.js')
    const result = await up(context, lab)
    await sayTakenNames(context, result)
    const { renderUp } = await import('../report/lab-text.js')
    return { text: renderUp(result), json: result }
  },
}
