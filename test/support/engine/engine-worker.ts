import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apply } from '../../../scripts/engine/tofu.js'

/** A process of its own that runs one apply in the folder it is given, and leaves the engine's identity there. */
const [engine = '', folder = ''] = process.argv.slice(2)
await apply({
  engine,
  folder,
  unset: [],
  signal: new AbortController().signal,
  onStarted: async (identity) => writeFileSync(join(folder, 'engine.json'), JSON.stringify(identity)),
})
