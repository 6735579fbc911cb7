import type { SetupFault } from '../machine-setup/faults.js'
import { typed } from '../report/typed.js'
import { EXIT, type Explanations } from './explanation.js'

export const setupExplanations: Explanations<SetupFault> = {
  'setup-failed': ({ lab, machine, part, script, line, text, exitCode, output }) => {
    const place = script === null ? `the ${part}` : line === null ? script : `line ${line} of ${script}`
    const quoted = text === null || text === '' ? '' : ` (${text})`
    const said = output === '' ? '' : `\n${output.replaceAll(/^/gm, '  ')}`
    return {
      message: `The setup of ${lab}/${machine} failed at ${place}${quoted}, with exit code ${exitCode}.${said}`,
      hint: typed`distrolab up ${lab}    # does it again, once it is corrected; or distrolab ssh ${lab} --machine ${machine}`,
      exitCode: EXIT.failed,
    }
  },
  'setup-changed': ({ lab, distro, from }) => ({
    message: `The lab ${lab} was made with another setup than that of ${from}. Its machines keep theirs.`,
    hint: typed`distrolab swap ${lab} ${distro}    # recreates its machines with the setup of now; --setup FILE names another`,
    exitCode: EXIT.usage,
  }),
  'setup-missing': ({ lab, profile }) => ({
    message: `The lab ${lab} was made with a setup${profile === null ? '' : ` of the profile ${profile}`} that is not on this computer.`,
    hint: 'Give it with --setup FILE, or run the command where the profile with this setup is.',
    exitCode: EXIT.usage,
  }),
  'setup-no-packages': ({ distro }) => ({
    message: `The setup has packages, but the catalog names no package manager for ${distro}.`,
    hint: "Add packageManager to the distro's file in your catalog, or install the packages in the setup's script.",
    exitCode: EXIT.usage,
  }),
}
