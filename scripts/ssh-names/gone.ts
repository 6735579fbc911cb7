import { BackendError } from '../../backend/errors.js'
import type { AnyLab } from '../../backend/lab.js'
import { isLabName } from '../../backend/lab-name.js'
import { readRecord } from '../../backend/record.js'
import type { ObjectStore } from '../../backend/store.js'
import { systemErrorOf } from '../../backend/system-error.js'
import type { Workspace } from '../workspace.js'
import { namedLabs, removeNames } from './names.js'

/**
 * Labs that were destroyed from elsewhere lose their names here when a command that looks finds out. `labs`: what it has read,
 * so that only the others are asked for.
 */
export async function forgetNamesOfDestroyed(
  store: ObjectStore,
  space: Workspace,
  labs: readonly Pick<AnyLab, 'lab' | 'state'>[],
): Promise<void> {
  const living = new Set<string>(labs.filter(({ state }) => state !== 'destroyed').map(({ lab }) => lab))
  for (const lab of (await tolerant(() => namedLabs(space))) ?? []) {
    if (!isLabName(lab) || living.has(lab)) continue
    // Asked one by one: a listing may be older than a lab that was just made.
    const isGone = await tolerant(async () => {
      const stored = await readRecord(store, lab)
      return stored === undefined || stored.lab.state === 'destroyed'
    })
    if (isGone === true) await forgetNames(space, lab)
  }
}

export async function forgetNames(space: Workspace, lab: string): Promise<void> {
  await tolerant(() => removeNames(space, lab))
}

/** A name too many harms no one, so no command that only looks fails because of it. */
async function tolerant<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof BackendError || systemErrorOf(error) !== undefined) return undefined
    throw error
  }
}
