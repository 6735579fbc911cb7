import { imageTags } from '../../../stacks/naming.js'
import type { ImportedImageSpec } from '../../../stacks/image-spec.js'

/** Of an image of Arch that is brought to a cloud: what is the same wherever that is, but for its name and the path of its state. */
export const importedArch: Omit<ImportedImageSpec, 'name' | 'state'> = {
  id: 'arch-x86_64',
  description: 'distrolab: arch x86_64, sha256:00',
  tags: imageTags('0a1b2c3d', 'arch', 'x86_64'),
  firmware: 'uefi',
  providerVersion: null,
}
