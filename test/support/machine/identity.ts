import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Identity } from '../../../scripts/machine/key.js'
import { withoutComment } from '../../../scripts/machine/public-key.js'
import { temporaryFolder } from '../cli/support.js'
import { newKey } from './ssh-server.js'

/** A key in a file, as `ensureIdentity` would give it. */
export function newIdentity(): Identity {
  const pair = newKey()
  const file = join(temporaryFolder(), 'id')
  writeFileSync(file, pair.private, { mode: 0o600 })
  return { source: 'generated', file, publicKey: withoutComment(pair.public) }
}
