import { isIP } from 'node:net'
import parseDuration from 'parse-duration'
import { fits, forms } from '../backend/forms.js'
import type { Architecture } from '../distro-catalog/offer-schema.js'
import { ARCHITECTURES, DEFAULTS, ON_FAILURES, OUTPUTS, WAITS, type OnFailure, type Wait } from './choices.js'
import { listFlag, textFlag, type Flags } from './command.js'
import { checkTag, parseTag } from './clouds/tag-rules.js'
import type { Config } from './config.js'
import { absolutePath } from './config.js'
import type { ConfigFile } from './config-schema.js'
import type { Environment } from './env.js'
import { LabError } from './errors.js'

export type { OnFailure, Wait }

/** What was decided for each setting: a flag, else DISTROLAB_*, else the configuration, else the default. */
export interface Settings {
  readonly backend: string | undefined
  readonly profile: string | undefined
  readonly name: string | undefined
  /** `auto`, or one of the provider's; undefined: as the profile says. */
  readonly region: string | undefined
  /** The only regions that `auto` may choose; empty: all that are open. */
  readonly regions: readonly string[]
  /** The whole name of a zone, or what it ends with. */
  readonly zone: string | undefined
  readonly architecture: Architecture | undefined
  readonly size: string | undefined
  readonly instanceType: string | undefined
  /** Of each machine's root disk. */
  readonly diskGiB: number | undefined
  readonly spot: boolean | undefined
  /** `own`, `default`, or a network's name at its cloud; undefined: as the profile says. */
  readonly network: string | undefined
  /** The user's own, for new labs. */
  readonly tags: Readonly<Record<string, string>>
  /** Those of them that were typed on the command line. */
  readonly askedTags: Readonly<Record<string, string>>
  /** Networks in CIDR form that may reach SSH, or `auto` for this computer's own; empty: nothing was named. */
  readonly allowFrom: readonly string[]
  /** The page that tells this computer's address; undefined: the usual ones. */
  readonly addressUrl: string | undefined
  /** By the provider's name at the registry; the stacks' own versions where none is named. */
  readonly providerVersions: Readonly<Record<string, string>>
  readonly sshKey: string | undefined
  /** Where `github:NAME` is looked up; no slash at its end. */
  readonly githubUrl: string
  /** URL of a copy of OpenTofu's releases. It may hold a user and a password. */
  readonly engineMirror: string | undefined
  readonly wait: Wait
  /** Milliseconds that a new lab lives; null: until somebody removes it. */
  readonly ttl: number | null
  /** That of the command line, as it was typed; undefined: none was. */
  readonly askedTtl: string | undefined
  readonly onFailure: OnFailure
  /** Milliseconds: which labs `cleanup` means. */
  readonly olderThan: number | undefined
  /** Of a command of `exec`, as given. */
  readonly timeout: string | undefined
  /** Milliseconds. */
  readonly waitLock: number
  /** Milliseconds that the engine may work at machines; undefined: as long as the provider needs at the most. */
  readonly applyTimeout: number | undefined
  readonly yes: boolean
  readonly json: boolean
  readonly markdown: boolean
  /** Of `plan`: 2 says that there are changes, and nothing else. */
  readonly detailedExitCode: boolean
  readonly verbosity: number
  readonly quiet: boolean
}

/** The configuration's keys that hold one text. */
type TextKey = Exclude<
  keyof ConfigFile,
  'catalog' | 'profiles' | 'authorizedKeys' | 'encryption' | 'regions' | 'providerVersions' | 'tags'
>

const LONGEST_TTL = '365d'

export function resolveSettings(flags: Flags, env: Environment, config: Config, cwd: string): Settings {
  const text = (flag: string, key?: TextKey): string | undefined => {
    const value = flags[flag] ?? env.flags[flag] ?? (key === undefined ? undefined : config.values[key])
    return value === undefined ? undefined : String(value)
  }
  const isOn = (flag: string): boolean => ['true', '1'].includes(text(flag) ?? '')
  return {
    backend: text('backend', 'backend'),
    profile: text('profile', 'profile'),
    name: text('name'),
    region: text('region', 'region'),
    zone: text('zone', 'zone'),
    regions: words(text('regions')) ?? config.values.regions ?? [],
    architecture: given(text('arch', 'arch'), (arch) => oneOf('--arch', arch, ARCHITECTURES)),
    size: text('size', 'size'),
    instanceType: text('instance-type', 'instanceType'),
    diskGiB: given(text('disk', 'disk'), (disk) => gibibytes('--disk', disk)),
    spot: given(text('spot', 'spot'), (spot) => oneOf('--spot', spot, ['true', 'false']) === 'true'),
    network: given(text('network', 'network'), networkName),
    ...resolveTags(flags, env, config),
    allowFrom: (words(text('allow-from', 'allowFrom')) ?? []).map((each) =>
      each === 'auto' ? each : network(each),
    ),
    addressUrl: given(text('address-url', 'addressUrl'), (url) => webUrl('addressUrl', url)),
    providerVersions: config.values.providerVersions ?? {},
    sshKey: given(text('ssh-key', 'sshKey'), (path) => absolutePath(path, cwd)),
    githubUrl: webUrl('githubUrl', text('github-url', 'githubUrl') ?? DEFAULTS.githubUrl),
    engineMirror: given(text('engine-mirror', 'engineMirror'), (url) =>
      webUrl('engineMirror (DISTROLAB_ENGINE_MIRROR)', url),
    ),
    wait: oneOf('--wait', text('wait', 'wait') ?? DEFAULTS.wait, WAITS),
    ...resolveTtl(flags, text('ttl', 'ttl')),
    onFailure: oneOf('--on-failure', text('on-failure', 'onFailure') ?? DEFAULTS.onFailure, ON_FAILURES),
    olderThan: given(text('older-than'), (age) => durationMs('--older-than', age)),
    timeout: text('timeout'),
    waitLock: durationMs('--wait-lock', text('wait-lock', 'waitLock') ?? DEFAULTS.waitLock),
    applyTimeout: given(text('apply-timeout', 'applyTimeout'), (limit) => limitMs('--apply-timeout', limit)),
    yes: isOn('yes'),
    ...resolveOutput(text('output')),
    detailedExitCode: isOn('detailed-exitcode'),
    verbosity: Number(flags['verbose'] || env.flags['verbose'] || 0),
    quiet: isOn('quiet'),
  }
}

/** Of one key the command line counts, else DISTROLAB_TAG, else the configuration. Throws LabError usage. */
function resolveTags(
  flags: Flags,
  env: Environment,
  { values }: Config,
): Pick<Settings, 'tags' | 'askedTags'> {
  const parsed = (setting: string, given: readonly string[]) =>
    Object.fromEntries(given.map((each) => parseTag(setting, each)))
  const configured = Object.entries(values.tags ?? {}).map((tag) => checkTag('tags', tag))
  const askedTags = parsed('--tag', listFlag(flags, 'tag'))
  const ofVariable = parsed('DISTROLAB_TAG', words(env.flags['tag']) ?? [])
  return { tags: { ...Object.fromEntries(configured), ...ofVariable, ...askedTags }, askedTags }
}

/** Throws LabError usage. What each cloud calls a network is its own matter. */
function networkName(given: string): string {
  if (fits('networkName', given)) return given
  const problem = `--network: expected own, default, or ${forms.networkName.description}; got "${given}"`
  throw new LabError({ code: 'usage', problem })
}

/** What is left out stays left out. */
const given = <T>(value: string | undefined, parse: (value: string) => T): T | undefined =>
  value === undefined ? undefined : parse(value)

/** `90m`, `2h30m`, `3d`, or `0`. In milliseconds. Throws LabError usage. */
export function durationMs(flag: string, given: string): number {
  if (given === '0') return 0
  const ms = /^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(given) ? parseDuration(given) : undefined
  if (ms === undefined || ms === null) {
    throw new LabError({
      code: 'usage',
      problem: `${flag}: expected a duration such as 90s, 10m, 2h30m or 0, got "${given}"`,
    })
  }
  return ms
}

/** A time that something may take; nothing takes none. Throws LabError usage. */
function limitMs(flag: string, given: string): number {
  const ms = durationMs(flag, given)
  if (ms > 0) return ms
  throw new LabError({ code: 'usage', problem: `${flag}: expected a duration such as 20m, got "${given}"` })
}

/** @param name the setting's, for the error */
function webUrl(name: string, given: string): string {
  if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given.replace(/\/+$/, '')
  throw new LabError({
    code: 'usage',
    problem: `${name}: expected a URL such as https://mirror.example.org, got "${given}"`,
  })
}

/** `40`, `40G` or `40GiB`. Throws LabError usage. */
function gibibytes(flag: string, given: string): number {
  const [, digits] = /^(\d{1,5})(?:Gi?B?)?$/.exec(given) ?? []
  if (Number(digits) > 0) return Number(digits)
  throw new LabError({ code: 'usage', problem: `${flag}: expected GiB such as 40, got "${given}"` })
}

function resolveOutput(given: string = DEFAULTS.output): Pick<Settings, 'json' | 'markdown'> {
  const output = oneOf('--output', given, OUTPUTS)
  return { json: output === 'json', markdown: output === 'markdown' }
}

const resolveTtl = (flags: Flags, ttl: string = DEFAULTS.ttl): Pick<Settings, 'ttl' | 'askedTtl'> => ({
  ttl: ttlMs(ttl),
  askedTtl: textFlag(flags, 'ttl'),
})

/** A time to live. Throws LabError usage. */
function ttlMs(given: string): number | null {
  if (given === 'none') return null
  const ms = durationMs('--ttl', given)
  if (ms > 0 && ms <= durationMs('--ttl', LONGEST_TTL)) return ms
  const expected = `a duration of at most ${LONGEST_TTL} such as 30m, 4h or 3d, or none`
  throw new LabError({ code: 'usage', problem: `--ttl: expected ${expected}, got "${given}"` })
}

/** `a, b` → both; undefined stays. */
const words = (given: string | undefined): string[] | undefined =>
  given
    ?.split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')

/** `203.0.113.7` → `203.0.113.7/32`. Throws LabError usage for what is no network. */
function network(given: string): string {
  const [address = '', bits, ...rest] = given.split('/')
  const widest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  const length = bits === undefined ? widest : /^\d{1,3}$/.test(bits) ? Number(bits) : -1
  // A zone (`fe80::1%eth0`) is a matter of this computer alone.
  const isWhole = rest.length === 0 && length >= 0 && length <= widest
  if (isWhole && fits('network', `${address}/${length}`)) return `${address}/${length}`
  const problem = `--allow-from: expected auto or networks such as 203.0.113.7/32, got "${given}"`
  throw new LabError({ code: 'usage', problem })
}

function oneOf<T extends string>(flag: string, given: string, known: readonly T[]): T {
  const found = known.find((value) => value === given)
  if (found !== undefined) return found
  throw new LabError({ code: 'usage', problem: `${flag}: expected ${known.join(', ')}, got "${given}"` })
}
