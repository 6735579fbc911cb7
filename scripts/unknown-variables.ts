import { NOT_FLAGS, variableOfFlag, type Environment } from './env.js'

/**
 * The flags that have a default in the environment, and the settings that are not flags. A test keeps it
 * complete.
 */
export const FLAGS_WITH_VARIABLE: readonly string[] = [
  ...['address-url', 'allow-from', 'apply-timeout', 'arch', 'backend', 'bucket', 'cold', 'config', 'count'],
  ...['debug', 'detailed-exitcode', 'disk', 'engine-mirror', 'github-url', 'instance-type', 'location'],
  ...[
    'machines',
    'mesh',
    'name',
    'network',
    'older-than',
    'on-failure',
    'output',
    'profile',
    'quiet',
    'region',
    'regions',
  ],
  ...[
    'setup',
    'size',
    'spot',
    'ssh-key',
    'tag',
    'timeout',
    'ttl',
    'verbose',
    'wait',
    'wait-lock',
    'wait-timeout',
  ],
  ...['ssh-config', 'yes', 'zone'],
]

/** A sentence for each variable that has a name like ours but that no command reads: it may be mistyped. */
export async function unknownVariables({ flags }: Pick<Environment, 'flags'>): Promise<readonly string[]> {
  const unknown = Object.keys(flags).filter((flag) => !FLAGS_WITH_VARIABLE.includes(flag))
  if (unknown.length === 0) return []
  const { nearNames } = await import('../distro-catalog/near-names.js')
  const { didYouMean } = await import('./explain/explanation.js')
  const prefix = 'DISTROLAB_'
  const known = [...FLAGS_WITH_VARIABLE.map(variableOfFlag), ...NOT_FLAGS].map((name) =>
    name.slice(prefix.length),
  )
  const near = (name: string): string[] =>
    nearNames(name.slice(prefix.length), known).map((each) => `${prefix}${each}`)
  return unknown
    .map(variableOfFlag)
    .map((name) => `${name} is set, but distrolab has no such setting.${didYouMean(near(name))}`)
}
