import { join } from 'node:path'
import { tofuStateKey } from './keys.js'
import type { LabName } from './lab-name.js'
import type { BackendLocation } from './location.js'

/** Where OpenTofu keeps a lab's state, as plain data; stacks/ turns it into a backend block. */
export type StateBackend = { readonly kind: 'local'; readonly path: string }

export function stateBackend(location: BackendLocation, lab: LabName): StateBackend {
  switch (location.kind) {
    case 'directory':
      return { kind: 'local', path: join(location.path, tofuStateKey(lab)) }
  }
}
