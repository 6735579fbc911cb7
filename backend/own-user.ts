import { homedir, userInfo } from 'node:os'
import { systemErrorOf } from './system-error.js'

/** The user that runs us; -1 where the system has no such numbers. */
export const ownUserId = (): number => process.geteuid?.() ?? -1

/** Undefined where no one has given the user's id a name, as in a container that is started with any id. */
export const ownUserName = (): string | undefined => unlessNameless(() => userInfo().username)

/** Undefined where no HOME is set and the user has no name either. */
export const ownHome = (): string | undefined => unlessNameless(homedir)

/** The name, or what stands for it in leases, records and messages. */
export const shownUser = (): string => ownUserName() ?? `uid-${ownUserId()}`

function unlessNameless(ask: () => string): string | undefined {
  try {
    return ask()
  } catch (error) {
    if (systemErrorOf(error) === undefined) throw error
    return undefined
  }
}
