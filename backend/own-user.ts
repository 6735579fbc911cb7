import { homedir, userInfo } from 'node:os'
import { systemErrorOf } from './system-error.js'

/** The user that runs us; -1 if the system has no such numbers. */
export const ownUserId = (): number => process.geteuid?.() ?? -1

/** Undefined if the user's id has no name, as in a container that is started with an arbitrary id. */
export const ownUserName = (): string | undefined => unlessNameless(() => userInfo().username)

/** Undefined if HOME is not set and the user has no name. */
export const ownHome = (): string | undefined => unlessNameless(homedir)

/** The user's name, or its substitute in leases, records and messages. */
export const shownUser = (): string => ownUserName() ?? `uid-${ownUserId()}`

function unlessNameless(ask: () => string): string | undefined {
  try {
    return ask()
  } catch (error) {
    if (systemErrorOf(error) === undefined) throw error
    return undefined
  }
}
