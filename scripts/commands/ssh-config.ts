import type { Command } from '../command.js'
import { LabError } from '../errors.js'
import type { Form } from '../ssh-names/forms.js'

export const sshConfigCommand: Command = {
  name: 'ssh-config',
  positionals: '[lab]',
  describe: 'Print how to reach a lab, or every lab: for ssh, Ansible or tmt',
  options: {
    ansible: { type: 'boolean', describe: 'An Ansible inventory, with one group for each lab' },
    tmt: { type: 'boolean', describe: 'The provision step of a tmt plan, with one guest for each machine' },
    remove: { type: 'boolean', describe: 'Remove the line that up added to ~/.ssh/config' },
  },
  examples: [
    ['distrolab ssh-config debian-local', 'its Host blocks, for ssh -F or a file of your own'],
    ['distrolab ssh-config debian-local --ansible', 'into a file, for ansible -i FILE all -m ping'],
    ['distrolab ssh-config debian-local --tmt', 'the guests of a tmt plan'],
    ['distrolab ssh-config --remove', 'plain ssh no longer knows labs'],
  ],
  async run(context, { lab, flags }) {
    const chosen = ['ansible', 'tmt', 'remove'].filter((flag) => flags[flag] === true)
    if (chosen.length > 1 || (chosen[0] === 'remove' && lab !== undefined)) {
      const problem = 'Choose one of --ansible, --tmt and --remove, and name no lab with --remove.'
      throw new LabError({ code: 'usage', problem, command: 'ssh-config' })
    }
    if (chosen[0] === 'remove') {
      const { removeLine } = await import('../lifecycle/ssh-config.js')
      return removeLine(context)
    }
    const { printSshConfig } = await import('../lifecycle/ssh-config.js')
    return printSshConfig(context, lab, (chosen[0] ?? 'ssh') as Form)
  },
}
