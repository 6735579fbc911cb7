import type { SwapFault } from '../errors.js'
import { driverExplanations } from './driver-faults.js'
import { EXIT, explainBy, type Explanations } from './explanation.js'
import { typed } from '../report/typed.js'

export const swapExplanations: Explanations<SwapFault> = {
  'reset-not-clean': ({ lab, machine }) => ({
    message: `${lab}/${machine} is not at its baseline: a file that was written just before the reset is still there.`,
    hint: typed`distrolab down ${lab} && distrolab up ${lab}    # makes it anew`,
    exitCode: EXIT.failed,
  }),
  'swap-which-lab': ({ profile, labs }) => ({
    message:
      labs.length === 0
        ? `There is no lab of yours that could become ${profile}.`
        : `Several labs could become ${profile}: ${labs.join(', ')}.`,
    hint:
      labs.length === 0
        ? typed`distrolab up --profile ${profile}`
        : labs.map((lab) => typed`distrolab swap ${lab} --profile ${profile}`).join('\n  '),
    exitCode: labs.length === 0 ? EXIT.notFound : EXIT.usage,
  }),
  'swap-same-distro': ({ lab, distro }) => ({
    message: `${lab} is ${distro} already; nothing was changed.`,
    hint: 'distrolab images    # what else there is',
    exitCode: EXIT.usage,
  }),
  'swap-other-provider': ({ lab, provider, asked }) => ({
    message: `${lab} is on ${provider}, and a swap stays there; ${asked} is on another provider.`,
    hint: typed`distrolab up --profile ${asked}    # a lab of its own`,
    exitCode: EXIT.usage,
  }),
  'swap-not-begun': ({ lab, distro, asked, fault }) => {
    const { message, hint, exitCode } = explainBy(driverExplanations, fault)
    return {
      message: `${lab} is still ${distro} and was not touched: the image of ${asked} can't be had. ${message}`,
      hint,
      exitCode,
    }
  },
}
