import type { MachineKey } from './driver/protocol.js'

/** Set for the engine by a program that removes machines by itself once the engine has forgotten them: theirs, a line each. */
const VARIABLE = 'DISTROLAB_REMOVES'

/** To start a program for each would be most of what the end of a machine costs. */
export const ownRemovalVariables = (keys: readonly MachineKey[]): Readonly<Record<string, string>> => ({
  [VARIABLE]: keys.map(asEncoded).join('\n'),
})

/** As the engine's `jsonencode` has it, but for characters that it escapes: then the driver is called all the same. */
const asEncoded = ({ directory, id }: MachineKey): string => JSON.stringify({ directory, id })

/** For `/bin/sh -c`, with a program, a word and a verb of its own, and a machine's key after it. */
export const UNLESS_OWN_REMOVAL = `case "$${VARIABLE}" in *"$3"*) ;; *) exec "$0" "$@" ;; esac`
