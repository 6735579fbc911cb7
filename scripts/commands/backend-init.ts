import { textFlag, type Command } from '../command.js'

export const backendInitCommand: Command = {
  name: 'backend init',
  describe: 'Make the place of the records, or make an existing one fit; run again, it changes nothing',
  options: {
    location: {
      type: 'string',
      requiresArg: true,
      describe: 'Where a new GCS bucket shall be, such as EU or europe-west1; default: US',
    },
    yes: { type: 'boolean', alias: 'y', describe: 'Do not ask before public access is blocked' },
  },
  examples: [
    ['distrolab backend init', 'the place of DISTROLAB_BACKEND or the configuration'],
    ['distrolab backend init --backend gs://labs', 'a bucket of Google Cloud'],
    ['distrolab backend init -o json', 'what was found and changed, and the policies'],
  ],
  exitCodes: [['1', 'the bucket can still be read by the public']],
  async run(context, { flags }) {
    const { initBackend } = await import('../lifecycle/backend-init.js')
    const result = await initBackend(context, textFlag(flags, 'location') ?? context.env.flags['location'])
    const { renderInit } = await import('../report/backend-text.js')
    // A folder's mode is its owner's choice; a bucket that stays public must not hold states.
    const isUnfit = result.kind !== 'directory' && result.public === true
    return { text: renderInit(result), json: result, exitCode: isUnfit ? 1 : 0 }
  },
}
