import type { Architecture } from '../distro-catalog/offer-schema.js'

// What a setting accepts, and its value if nothing sets it: for `settings.ts`, the schema of the
// configuration, and the reference.

export type Wait = 'ready' | 'ssh' | 'none'
/** What happens to a new lab whose `up` fails. */
export type OnFailure = 'keep' | 'destroy'

export const ARCHITECTURES: readonly Architecture[] = ['x86_64', 'arm64']
export const WAITS: readonly Wait[] = ['ready', 'ssh', 'none']
export const ON_FAILURES: readonly OnFailure[] = ['keep', 'destroy']
export const OUTPUTS = ['text', 'json', 'markdown'] as const

export const DEFAULTS = {
  githubUrl: 'https://github.com',
  onFailure: 'keep',
  output: 'text',
  ttl: '4h',
  wait: 'ready',
  waitLock: '10m',
  waitTimeout: '5m',
} as const

/** By the flag's name as users type it. */
export const FLAG_CHOICES: Readonly<Record<string, readonly string[]>> = {
  arch: ARCHITECTURES,
  'on-failure': ON_FAILURES,
  output: OUTPUTS,
  wait: WAITS,
}

/** By the flag's name as users type it. */
export const FLAG_DEFAULTS: Readonly<Record<string, string>> = {
  'on-failure': DEFAULTS.onFailure,
  output: DEFAULTS.output,
  ttl: DEFAULTS.ttl,
  wait: DEFAULTS.wait,
  'wait-lock': DEFAULTS.waitLock,
  'wait-timeout': DEFAULTS.waitTimeout,
}
