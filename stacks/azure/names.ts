import { fitName } from '../naming.js'

/**
 * The longest name of a Linux machine and its host name is 64. A resource group may have 90, most others 80.
 */
const MACHINE_LIMIT = 64
const GROUP_LIMIT = 90
const LIMIT = 80

/** `base` as from `machineId`. */
export const machineName = (base: string): string => fitName(base, MACHINE_LIMIT)

/** The group that holds everything of a lab. `base` as from `labId`. */
export const groupName = (base: string): string => fitName(base, GROUP_LIMIT)

/** What belongs to one machine: `ip`, `nic`, `disk`. */
export const partName = (base: string, part: string): string => fitName(`${base}-${part}`, LIMIT)

/** An image; distros have dots and architectures underscores. `base` as from `imageId`. */
export const imageName = (base: string): string => fitName(base.replaceAll(/[^a-z0-9-]/g, '-'), LIMIT)

/** The group of imported images if the catalog names no other. */
export const IMAGES_GROUP = 'distrolab-images'
