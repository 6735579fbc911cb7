import { requireForm } from '../../backend/forms.js'
import type { CloudMachine } from '../cloud-spec.js'
import type { GoogleLabSpec } from './spec.js'

/**
 * The lab's public keys, as metadata of a machine: the image's guest agent, or its cloud-init, makes the user
 * from it. The project's keys and logins by Google accounts are excluded.
 */
export const keyMetadata = (
  { publicKeys }: GoogleLabSpec,
  { user }: CloudMachine,
): Record<string, string> => ({
  'ssh-keys': publicKeys
    .map((key) => `${requireForm('login', 'user', user)}:${requireForm('line', 'publicKey', key)}`)
    .join('\n'),
  'block-project-ssh-keys': 'TRUE',
  'enable-oslogin': 'FALSE',
})
