import { resolveOffer } from '../../distro-catalog/resolve.js'
import {
  imageFor,
  planCommon,
  planMachine,
  startsSecurely,
  type CloudLabPlan,
  type CloudMachinePlan,
} from '../cloud-plan.js'
import type { GoogleLabSpec, GoogleMachine } from './spec.js'

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
  const machines = plan.machines.map((machine) => planGoogleMachine(plan, machine))
  return { provider: 'google', ...planCommon(plan), zone: plan.zone ?? firstZone(plan.region), machines }
}

function planGoogleMachine(plan: CloudLabPlan, machine: CloudMachinePlan): GoogleMachine {
  const { provider } = plan
  const { distro, size, imageId } = machine
  const offer = resolveOffer(distro, 'google')
  const { image } = imageFor(provider, machine, offer.architectures)
  const { secureBoot: _secureBoot, ...selector } = image
  const isGrown = offer.cloudInit || offer.rootFilesystem !== 'btrfs'
  return {
    ...planMachine(plan, machine, offer, 'by-platform'),
    image: imageId === null ? { kind: 'newest', selector } : { kind: 'pinned', id: imageId },
    secureBoot: startsSecurely(provider, machine, image),
    diskType: provider.instanceTypes[size.instanceType]?.diskType ?? 'pd-balanced',
    startupScript: isGrown ? null : GROW_BTRFS_ROOT,
  }
}
