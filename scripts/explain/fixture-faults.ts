import type { FixtureFault } from '../fixtures/faults.js'
import { typed } from '../report/typed.js'
import { didYouMean, EXIT, type Explanations } from './explanation.js'

export const fixtureExplanations: Explanations<FixtureFault> = {
  'fixture-set-unknown': ({ given, near }) => ({
    message: `There is no set of test files "${given}".${didYouMean(near)}`,
    hint: 'distrolab fixtures list',
    exitCode: EXIT.notFound,
  }),
  'fixtures-place': ({ lab, machine, at, reason }) => ({
    message: `Cannot use ${at} on ${lab}/${machine} for test files: ${reason}.`,
    hint: typed`distrolab ssh ${lab} --machine ${machine} -- ls -la ${at}    # shows what is there; --at names another folder`,
    exitCode: EXIT.failed,
  }),
  'fixtures-failed': ({ lab, machine, at, reason }) => ({
    message: `The test files at ${at} on ${lab}/${machine} failed: ${reason}.`,
    hint: typed`distrolab ssh ${lab} --machine ${machine} -- df -h    # shows whether the disk is full`,
    exitCode: EXIT.failed,
  }),
}
