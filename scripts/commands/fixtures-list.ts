import type { Command } from '../command.js'

export const fixturesListCommand: Command = {
  name: 'fixtures list',
  describe: 'List the sets of test files: the built-in ones and those of the configuration',
  examples: [
    ['distrolab fixtures list', 'each set and what it contains'],
    ['distrolab fixtures list -o json', 'with every entry'],
  ],
  async run({ config }) {
    const { listSets } = await import('../fixtures/sets.js')
    const sets = await listSets(config)
    const { renderSets } = await import('../report/fixtures-text.js')
    return { text: renderSets(sets), json: sets.map(({ name, file, set }) => ({ name, file, ...set })) }
  },
}
