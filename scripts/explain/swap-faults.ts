import type { SwapFault } from '../errors.js'
import { driverExplanations } from './driver-faults.js'
import { EXIT, explainBy, type Explanations } from './explanation.js'
import { typed } from '../report/typed.js'

export const swapExplanations: Explanations<SwapFault> = {
  'reset-not-clean': ({ lab, machine }) => ({
    message: `${lab}/${machine} is not at its baseline: a file written just before the reset still exists.`,
    hint: typed`distrolab down ${lab} && distrolab up ${lab}    # recreates it`,
    exitCode: EXIT.failed,
  }),
  'swap-which-lab': ({ profile, labs }) => ({
    message:
      labs.length === 0
        ? `None of your labs can become ${profile}.`
        : `Several labs can become ${profile}: ${labs.join(', ')}.`,
    hint:
      labs.length === 0
        ? typed`distrolab up --profile ${profile}`
        : labs.map((lab) => typed`distrolab swap ${lab} --profile ${profile}`).join('\n  '),
    exitCode: labs.length === 0 ? EXIT.notFound : EXIT.usage,
  }),
  'swap-same-distro': ({ lab, distro }) => ({
    message: `${lab} already runs ${distro}; nothing was changed.`,
    hint: 'distrolab images    # lists the other distros',
    exitCode: EXIT.usage,
  }),
  'swap-other-provider': ({ lab, provider, asked }) => ({
    message: `${lab} is on ${provider}, and a swap stays there; ${asked} is on another provider.`,
    hint: typed`distrolab up --profile ${asked}    # creates another lab`,
    exitCode: EXIT.usage,
  }),
  'swap-not-begun': ({ lab, distro, asked, fault }) => {
    const { message, hint, exitCode } = explainBy(driverExplanations, fault)
    return {
      message: `${lab} is still ${distro} and was not touched: the image of ${asked} is not available. ${message}`,
      hint,
      exitCode,
    }
  },
}
