import { modesIn, PRIVATE_MODES, umaskOf, type Modes } from '../../backend/folder-modes.js'
import { isOwnFolder, type Context } from '../context.js'

type Place = Pick<Context, 'env' | 'location'>

/** OpenTofu's state is among the objects of a shared folder, and open to the same people. */
export const stateModes = async ({ env, location }: Place): Promise<Modes> =>
  location.kind === 'directory' && !isOwnFolder(env, location) ? modesIn(location.path) : PRIVATE_MODES

/** The umask of the engine that writes it. */
export const engineUmask = async (place: Place): Promise<number> => umaskOf(await stateModes(place))
