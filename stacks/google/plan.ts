import { resolveOffer } from '../../distro-catalog/resolve.js'
import { imageFor, planCommon, startsSecurely, type CloudLabPlan } from '../cloud-plan.js'
import type { GoogleLabSpec } from './spec.js'

/**
 * The script runs at every boot. Google's own images grow their root by themselves, except Fedora's with
 * btrfs.
 */
const GROW_BTRFS_ROOT = `#!/bin/sh
part=$(findmnt -no SOURCE / | sed 's/\\[.*//')
name=$(basename "$part")
disk=/dev/$(lsblk -no PKNAME "$part")
echo ', +' | sfdisk --no-reread --force -N "$(cat "/sys/class/block/$name/partition")" "$disk"
partx -u "$disk"
btrfs filesystem resize max /
`

/** Every Google region has a zone b; not every one has an a. */
export const firstZone = (region: string): string => `${region}-b`

/** Pure. @throws CatalogError `pair-unavailable`. */
export function planGoogleLab(plan: CloudLabPlan): GoogleLabSpec {
  const offer = resolveOffer(plan.distro, 'google')
  const { image } = imageFor(plan, offer.architectures)
  const { secureBoot: _secureBoot, ...selector } = image
  const isGrown = offer.cloudInit || offer.rootFilesystem !== 'btrfs'
  return {
    provider: 'google',
    ...planCommon(plan, offer, 'by-platform'),
    zone: plan.zone ?? firstZone(plan.region),
    image: plan.imageId === null ? { kind: 'newest', selector } : { kind: 'pinned', id: plan.imageId },
    secureBoot: startsSecurely(plan, image),
    diskType: plan.provider.instanceTypes[plan.size.instanceType]?.diskType ?? 'pd-balanced',
    startupScript: isGrown ? null : GROW_BTRFS_ROOT,
  }
}
