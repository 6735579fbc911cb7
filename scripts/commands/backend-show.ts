import type { Command } from '../command.js'

export const backendShowCommand: Command = {
  name: 'backend show',
  describe: 'Show where the records are, how they are locked, and who can read them',
  examples: [
    ['distrolab backend show', 'kind, place, engine, locks, readers and number of labs'],
    ['distrolab backend show -o json', 'the same, for a script'],
  ],
  async run(context) {
    const { showBackend } = await import('../setup/backend-show.js')
    const view = await showBackend(context)
    const { renderBackend } = await import('../report/backend-text.js')
    return { text: renderBackend(view), json: view }
  },
}
