import { fitName } from '../naming.js'

/** The longest name of a key pair or security group; an instance's name is a tag of up to 256 characters. */
const LIMIT = 255

/** `base` as from `machineId`, of lower-case letters, digits and dashes: the Name tag of a machine. */
export const machineName = (base: string): string => fitName(base, LIMIT)

/** The longest name of an image. */
const IMAGE_LIMIT = 128

/** `base` as from `imageId`: all its characters are allowed (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html). */
export const imageName = (base: string): string => fitName(base, IMAGE_LIMIT)

/** Key pair, security group and own network of a lab. `base` as from `labId`. A group's name may not begin with `sg-`. */
export const labName = (base: string): string => fitName(base, LIMIT)
