import type { Command } from '../command.js'
import { textFlag } from '../flags.js'

export const backendInitCommand: Command = {
  name: 'backend init',
  describe: 'Create or adopt the folder or bucket of the records; safe to run again',
  options: {
    location: {
      type: 'string',
      requiresArg: true,
      describe: 'Location of a new GCS bucket, such as EU or europe-west1; default: US',
    },
    yes: { type: 'boolean', alias: 'y', describe: 'Do not ask before blocking public access' },
  },
  examples: [
    ['distrolab backend init', 'the place that DISTROLAB_BACKEND or the configuration names'],
    ['distrolab backend init --backend gs://labs', 'a bucket of Google Cloud'],
    ['distrolab backend init -o json', 'what was found and changed, and the policies'],
  ],
  exitCodes: [['1', 'the bucket can still be read by the public']],
  async run(context, { flags }) {
    const { initBackend } = await import('../setup/backend-init.js')
    const result = await initBackend(context, textFlag(flags, 'location') ?? context.env.flags['location'])
    const { renderInit } = await import('../report/backend-text.js')
    // A folder's mode is its owner's choice; a bucket that stays public must not hold states.
    const isUnfit = result.kind !== 'directory' && result.public === true
    return { text: renderInit(result), json: result, exitCode: isUnfit ? 1 : 0 }
  },
}
