import type { Command } from '../command.js'
import { listFlag } from '../flags.js'
import { machineOptions } from '../options.js'

export const imagesWarmCommand: Command = {
  name: 'images warm',
  positionals: '[distro..]',
  describe:
    'Boot a local machine once and keep it, so that labs of this distro and size start without a boot',
  options: {
    size: machineOptions['size'] ?? {},
    'instance-type': machineOptions['instance-type'] ?? {},
    disk: machineOptions['disk'] ?? {},
    several: { type: 'boolean', describe: 'For labs of several machines, which have a second network card' },
  },
  examples: [
    ['distrolab images warm debian-13', 'from then on, up and swap clone it instead of booting'],
    ['distrolab images warm debian-13 --several', 'the same for labs of several machines'],
  ],
  async run(context, { flags }) {
    const { loadWarmImages } = await import('../providers/registry.js')
    const warm = await loadWarmImages()
    const images = await warm.make(context, listFlag(flags, 'distro'), flags['several'] === true)
    const { renderWarmed } = await import('../report/warm-text.js')
    return { text: renderWarmed(images), json: images }
  },
}
