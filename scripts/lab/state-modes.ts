import { modesIn, PRIVATE_MODES, umaskOf, type Modes } from '../../backend/folder-modes.js'
import { isOwnFolder, type Context } from '../context.js'

type Place = Pick<Context, 'env' | 'location'>

/** OpenTofu's state lies among the objects of a shared folder, and is for whom they are for. */
export const stateModes = async ({ env, location }: Place): Promise<Modes> =>
  location.kind === 'directory' && !isOwnFolder(env, location) ? modesIn(location.path) : PRIVATE_MODES

/** The umask of the engine that writes it. */
export const engineUmask = async (place: Place): Promise<number> => umaskOf(await stateModes(place))
