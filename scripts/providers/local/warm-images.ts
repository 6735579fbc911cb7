import { profileOfPair } from '../../../distro-catalog/profile.js'
import { resolveDistro, resolveOffer } from '../../../distro-catalog/resolve.js'
import type { WarmRequest } from '../../../local-vm/protocol.js'
import { warmRequestOf } from '../../../stacks/local/warm.js'
import type { Context } from '../../context.js'
import { LabError } from '../../errors.js'
import { callDriver } from './driver.js'
import { sourceOf } from './image.js'
import { driverOptions } from './machine.js'
import { local } from './provider.js'
import { listWarmImages, pruneWarmImages } from './warm-list.js'
import type { WarmedImage, WarmImages } from '../warm-images.js'

async function makeWarmImages(
  context: Context,
  distros: readonly string[],
  hasNetwork: boolean,
): Promise<readonly WarmedImage[]> {
  if (distros.length === 0)
    throw new LabError({ code: 'usage', problem: 'Name one or more distros.', command: 'images warm' })
  const requests: WarmRequest[] = []
  for (const name of distros) requests.push(await requestFor(context, name, hasNetwork))
  await local.checkPrerequisites(context)
  const made: WarmedImage[] = []
  for (const [index, request] of requests.entries()) {
    const { distro } = request.image
    context.progress.beginStep(`warm ${distro}`, index + 1, requests.length)
    try {
      const { warm, isNew } = await callDriver(
        'warm',
        request,
        driverOptions({
          signal: context.interrupt.signal,
          detail: (text) => context.progress.detail(text),
        }),
      )
      context.progress.endStep()
      made.push({ distro, ...warm, isNew })
    } catch (error) {
      context.progress.failStep()
      throw error
    }
  }
  return made
}

async function requestFor(context: Context, name: string, hasNetwork: boolean): Promise<WarmRequest> {
  const { settings, space } = context
  const catalog = await context.catalog()
  const distro = resolveDistro(catalog, name)
  const profile = profileOfPair(catalog, distro.name, 'local')
  const { user, shell } = resolveOffer(distro, 'local')
  const { instanceType, architecture, diskGiB } = settings
  const size = local.resolveSize(profile, { size: settings.size, instanceType, architecture, diskGiB })
  const machine = { image: sourceOf(profile), size, user, shell, hasNetwork }
  return warmRequestOf(space.cache, machine)
}

export const warmImages: WarmImages = { make: makeWarmImages, list: listWarmImages, prune: pruneWarmImages }
