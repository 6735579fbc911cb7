import type { Command } from '../command.js'

export const imagesPruneCommand: Command = {
  name: 'images prune',
  describe: 'Remove the warm images on this computer; labs that were cloned from them continue',
  options: {
    'older-than': {
      type: 'string',
      requiresArg: true,
      describe: 'Only those not used for so long, such as 7d',
    },
  },
  examples: [['distrolab images prune --older-than 7d', 'only those that no lab was cloned from for a week']],
  async run(context) {
    const { loadWarmImages } = await import('../providers/registry.js')
    const warm = await loadWarmImages()
    const images = await warm.prune(context, context.settings.olderThan ?? null)
    const { renderPruned } = await import('../report/warm-text.js')
    return { text: renderPruned(images), json: images }
  },
}
