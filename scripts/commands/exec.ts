import type { Args, Command } from '../command.js'
import { listFlag, textFlag } from '../flags.js'
import type { Context } from '../context.js'
import { variableOf } from '../env.js'
import { LabError } from '../errors.js'
import { leaseOptions, machineOption, nameOption, profileOption, repeatedText } from '../options.js'

export const execCommand: Command = {
  name: 'exec',
  positionals: '[lab]',
  describe: 'Run a command on a machine, under the lease',
  options: {
    ...profileOption,
    ...nameOption,
    ...machineOption,
    ...leaseOptions,
    all: {
      type: 'boolean',
      describe: 'Run it on all machines of the lab at once; each line of output begins with whose it is',
    },
    local: {
      type: 'boolean',
      describe: 'Run it on this computer: only distrolab commands in it may change the lab meanwhile',
    },
    timeout: {
      type: 'string',
      requiresArg: true,
      describe: 'Stop the command after this time, such as 90s or 10m; exit code 124',
    },
    env: repeatedText('NAME=VALUE for the command, or NAME to pass on its value here; may be repeated'),
    copy: repeatedText("LOCAL:REMOTE to copy before; REMOTE starts in the user's home; may be repeated"),
    fetch: repeatedText('REMOTE:LOCAL to copy back after, even if the command fails; may be repeated'),
  },
  examples: [
    ['distrolab exec debian-local -- uname -r', 'its exit code is passed on'],
    ["distrolab exec debian-local -- 'dmesg | tail'", 'a single word goes to the shell of the machine'],
    ['distrolab exec pair --all -- uname -r', 'on every machine of the lab pair'],
    ['distrolab exec debian-local --timeout 10m -- ./t.sh', 'stopped after 10 minutes, with exit code 124'],
    ['distrolab exec debian-local --env TOKEN -- ./t.sh', 'with the TOKEN of this environment'],
    ['distrolab exec debian-local --copy src:w -- make -C w', 'the content of src goes to w in the home'],
    ['distrolab exec debian-local --fetch log:. -- ./t.sh', 'copies log here, even if t.sh fails'],
    [
      'distrolab exec debian-local --local -- ./tests.sh',
      'a script of several commands with the lab to itself',
    ],
  ],
  exitCodes: [
    [
      'any',
      'the exit code of the command, passed on; with `--all`, the first that is not 0, in the order of machines',
    ],
    ['124', 'the command ran longer than `--timeout`'],
    ['141', 'whatever read the output, such as `head`, closed it early'],
  ],
  async run(context, args) {
    const request = await readRequest(context, args)
    const { executeJoined, executeOnAll } = await import('../lifecycle/exec/streams.js')
    return args.flags['all'] === true ? executeOnAll(context, request) : executeJoined(context, request)
  },
}

const MACHINE_ONLY = ['machine', 'all', 'copy', 'fetch']
/** Several machines have no one input, and no one file to fetch to. */
const ONE_MACHINE_ONLY = ['machine', 'fetch']

/** Throws LabError usage. */
async function readRequest({ settings }: Context, { lab, words, flags }: Args) {
  if (words.length === 0)
    throw new LabError({ code: 'usage', command: 'exec', problem: 'Give the command after --.' })
  const place = flags['local'] === true ? ('local' as const) : ('machine' as const)
  const wrong = MACHINE_ONLY.find((name) => place === 'local' && flags[name] !== undefined)
  if (wrong !== undefined) {
    const problem = `--${wrong}: expected a command on a machine, got --local. Give --${wrong} or --local, not both.`
    throw new LabError({ code: 'usage', command: 'exec', problem })
  }
  const alone = ONE_MACHINE_ONLY.find((name) => flags['all'] === true && flags[name] !== undefined)
  if (alone !== undefined) {
    const problem = `--${alone}: expected one machine, got --all. Give --${alone} or --all, not both.`
    throw new LabError({ code: 'usage', command: 'exec', problem })
  }
  const { parseTransfers, parseVariables } = await import('../lifecycle/exec/flags.js')
  return {
    lab,
    words,
    place,
    machine: textFlag(flags, 'machine'),
    timeLimitMs: settings.timeout,
    variables: parseVariables(listFlag(flags, 'env'), variableOf),
    copies: parseTransfers('--copy', listFlag(flags, 'copy')),
    fetches: parseTransfers('--fetch', listFlag(flags, 'fetch')),
  }
}
