import { existingNames } from './provider-names.js'

interface ProfileMachines {
  readonly provider: string
  readonly machines?: readonly unknown[]
}

/** A rule that no schema can express: a profile names machines if, and only if, its provider makes none. */
export function machinesProblem({
  provider,
  machines,
}: ProfileMachines): 'missing' | 'unexpected' | undefined {
  const isExisting = (existingNames as readonly string[]).includes(provider)
  if (isExisting === (machines !== undefined)) return undefined
  return isExisting ? 'missing' : 'unexpected'
}
