import type { Architecture } from '../distro-catalog/offer-schema.js'
import { ARCHITECTURES, DEFAULTS, ON_FAILURES, OUTPUTS, WAITS, type OnFailure, type Wait } from './choices.js'
import { listFlag, textFlag, type Flags } from './flags.js'
import { checkTag, parseTag } from './providers/tag-rules.js'
import type { Config } from './config.js'
import { absolutePath } from './config.js'
import type { ConfigFile } from './config-schema.js'
import { variableOfFlag, type Environment } from './env.js'
import { LabError } from './errors.js'
import * as values from './setting-values.js'
import { Unfit, VALUES, type NamedMachine, type ParseValue } from './setting-values.js'

export type { OnFailure, Wait }

/**
 * The decided value of each setting: the flag, else DISTROLAB_*, else the configuration, else the default.
 */
export interface Settings {
  readonly backend: string | undefined
  readonly profile: string | undefined
  readonly name: string | undefined
  /** `auto`, or one of the provider's regions; undefined: the profile decides. */
  readonly region: string | undefined
  /** The only regions that `auto` may choose; empty: all that are open. */
  readonly regions: readonly string[]
  /** The whole name of a zone, or its end. */
  readonly zone: string | undefined
  readonly architecture: Architecture | undefined
  readonly size: string | undefined
  readonly instanceType: string | undefined
  /** The machines of a new lab; undefined: the profile decides. */
  readonly machines: readonly NamedMachine[] | undefined
  /** Which machines of a new lab may log in on which, in the form `mesh`; undefined: the profile decides. */
  readonly mesh: string | undefined
  /** The file of a setup, absolute; undefined: the profile decides. */
  readonly setup: string | undefined
  /** The root disk of each machine. */
  readonly diskGiB: number | undefined
  readonly spot: boolean | undefined
  /** `own`, `default`, or a network's name at its cloud; undefined: the profile decides. */
  readonly network: string | undefined
  /** The user's own tags, for new labs. */
  readonly tags: Readonly<Record<string, string>>
  /** The tags that were given on the command line. */
  readonly askedTags: Readonly<Record<string, string>>
  /** Networks in CIDR form that may reach SSH, or `auto` for this computer's own; empty: none was named. */
  readonly allowFrom: readonly string[]
  /** The page that returns this computer's address; undefined: the usual ones. */
  readonly addressUrl: string | undefined
  /** By the provider's name at the registry; the stacks' own versions for the others. */
  readonly providerVersions: Readonly<Record<string, string>>
  readonly sshKey: string | undefined
  /** Whether the user's ssh configuration may include the names of labs; undefined: they may be asked. */
  readonly sshConfig: boolean | undefined
  /** The server for `github:NAME`; no slash at its end. */
  readonly githubUrl: string
  /** URL of a copy of OpenTofu's releases. It may contain a user and a password. */
  readonly engineMirror: string | undefined
  readonly wait: Wait
  /** How long a new lab lives, in milliseconds; null: until someone removes it. */
  readonly ttl: number | null
  /** The TTL on the command line, as typed; undefined: none. */
  readonly askedTtl: string | undefined
  readonly onFailure: OnFailure
  /** Which labs `cleanup` means, by age in milliseconds. */
  readonly olderThan: number | undefined
  /** Time limit for a command of `exec`, in milliseconds. */
  readonly timeout: number | undefined
  /** Milliseconds. */
  readonly waitLock: number
  /** How long the engine may work at machines, in milliseconds; undefined: the provider's own limit. */
  readonly applyTimeout: number | undefined
  /**
   * How long a machine may take until SSH works, and then until it has configured itself, in milliseconds.
   */
  readonly waitTimeout: number
  readonly yes: boolean
  readonly json: boolean
  readonly markdown: boolean
  /** For `plan`: exit code 2 means that there are changes, and nothing else. */
  readonly detailedExitCode: boolean
  /** Machines boot, although there may be a warm image of them. */
  readonly cold: boolean
  readonly verbosity: number
  readonly quiet: boolean
}

/** The configuration's keys that hold one text. */
type TextKey = Exclude<
  keyof ConfigFile,
  | 'catalog'
  | 'profiles'
  | 'authorizedKeys'
  | 'encryption'
  | 'fixtureSets'
  | 'regions'
  | 'providerVersions'
  | 'tags'
  | 'labs'
>

/** Throws LabError usage with all problems of the flags and variables. */
export function resolveSettings(flags: Flags, env: Environment, config: Config, cwd: string): Settings {
  const { read, problems } = reader(flags, env, config)
  const text = (flag: string, key?: TextKey): string | undefined => read(flag, key, values.asGiven)
  const isOn = (flag: string): boolean => read(flag, undefined, values.onOrOff) ?? false
  const output = read('output', undefined, values.oneOf(OUTPUTS)) ?? DEFAULTS.output
  const ttl = read('ttl', 'ttl', VALUES.ttl)
  const settings: Settings = {
    backend: text('backend', 'backend'),
    profile: text('profile', 'profile'),
    name: text('name'),
    region: text('region', 'region'),
    zone: text('zone', 'zone'),
    regions: read('regions', undefined, values.words) ?? config.values.regions ?? [],
    architecture: read('arch', 'arch', values.oneOf(ARCHITECTURES)),
    size: text('size', 'size'),
    instanceType: text('instance-type', 'instanceType'),
    ...resolveMachines(read, flags),
    diskGiB: read('disk', 'disk', values.gibibytes),
    spot: read('spot', 'spot', values.trueOrFalse),
    network: read('network', 'network', VALUES.network),
    ...resolveTags(flags, env, config),
    allowFrom: read('allow-from', 'allowFrom', VALUES.allowFrom) ?? [],
    addressUrl: read('address-url', 'addressUrl', VALUES.addressUrl),
    providerVersions: config.values.providerVersions ?? {},
    sshKey: given(text('ssh-key', 'sshKey'), (path) => absolutePath(path, cwd)),
    setup: given(text('setup'), (path) => absolutePath(path, cwd)),
    sshConfig: read('ssh-config', 'sshConfig', values.trueOrFalse),
    githubUrl: read('github-url', 'githubUrl', VALUES.githubUrl) ?? DEFAULTS.githubUrl,
    engineMirror: read('engine-mirror', 'engineMirror', VALUES.engineMirror),
    wait: read('wait', 'wait', values.oneOf(WAITS)) ?? DEFAULTS.wait,
    ttl: ttl === undefined ? byDefault(VALUES.ttl, DEFAULTS.ttl) : ttl,
    askedTtl: textFlag(flags, 'ttl'),
    onFailure: read('on-failure', 'onFailure', values.oneOf(ON_FAILURES)) ?? DEFAULTS.onFailure,
    olderThan: read('older-than', undefined, values.duration),
    timeout: read('timeout', undefined, values.limit),
    ...resolveWaits(read),
    ...resolveSwitches(isOn),
    json: output === 'json',
    markdown: output === 'markdown',
    verbosity: read('verbose', undefined, values.fewTimes) ?? 0,
  }
  if (problems.length > 0) throw new LabError({ code: 'usage', problem: problems.join('\n') })
  return settings
}

const resolveSwitches = (
  isOn: (flag: string) => boolean,
): Pick<Settings, 'yes' | 'detailedExitCode' | 'cold' | 'quiet'> => ({
  yes: isOn('yes'),
  detailedExitCode: isOn('detailed-exitcode'),
  cold: isOn('cold'),
  quiet: isOn('quiet'),
})

const resolveWaits = (read: Reader['read']): Pick<Settings, 'waitLock' | 'waitTimeout' | 'applyTimeout'> => ({
  waitLock: read('wait-lock', 'waitLock', VALUES.waitLock) ?? byDefault(VALUES.waitLock, DEFAULTS.waitLock),
  waitTimeout:
    read('wait-timeout', 'waitTimeout', VALUES.waitTimeout) ??
    byDefault(VALUES.waitTimeout, DEFAULTS.waitTimeout),
  applyTimeout: read('apply-timeout', 'applyTimeout', VALUES.applyTimeout),
})

/** A flag wins over a variable, whichever of the two it is. Throws LabError usage if both flags are given. */
function resolveMachines(read: Reader['read'], flags: Flags): Pick<Settings, 'machines' | 'mesh'> {
  const [listed, counted] = [flags['machines'], flags['count']]
  if (listed !== undefined && counted !== undefined) {
    const problem = `--count: expected no --machines beside it, got both. Give --machines ${String(listed)} or --count ${String(counted)}.`
    throw new LabError({ code: 'usage', problem })
  }
  const byCount = read('count', undefined, values.machineCount)
  const isCounted = listed === undefined && counted !== undefined
  const machines = isCounted ? byCount : (read('machines', undefined, values.machines) ?? byCount)
  return { machines, mesh: read('mesh', undefined, values.mesh) }
}

interface Reader {
  /** The value of a flag, else of its variable, else of the configuration's key; undefined if none is set. */
  readonly read: <T>(flag: string, key: TextKey | undefined, parse: ParseValue<T>) => T | undefined
  /** Grows with each invalid value, which is read as undefined. */
  readonly problems: readonly string[]
}

function reader(flags: Flags, env: Environment, config: Config): Reader {
  const problems: string[] = []
  const find = (flag: string, key: TextKey | undefined): Found | undefined => {
    const byFlag = isCountOfNone(flags[flag]) ? undefined : flags[flag]
    if (byFlag !== undefined) return { name: `--${flag}`, text: String(byFlag) }
    const byVariable = env.flags[flag]
    if (byVariable !== undefined) return { name: variableOfFlag(flag), text: byVariable }
    const byKey = key === undefined ? undefined : config.values[key]
    if (key === undefined || byKey === undefined) return undefined
    return { name: `${config.origins[key] ?? 'the configuration'}: ${key}`, text: String(byKey) }
  }
  return {
    problems,
    read(flag, key, parse) {
      const found = find(flag, key)
      if (found === undefined) return undefined
      const value = found.text === '' ? new Unfit('a value; leave it out for the default') : parse(found.text)
      if (!(value instanceof Unfit)) return value
      problems.push(`${found.name}: expected ${value.expected}, got "${found.text}"`)
      return undefined
    },
  }
}

interface Found {
  readonly name: string
  readonly text: string
}

/** yargs' value for a `-v` that was not given. */
const isCountOfNone = (value: Flags[string]): boolean => value === 0

function byDefault<T>(parse: ParseValue<T>, text: string): T {
  const value = parse(text)
  if (value instanceof Unfit)
    throw new TypeError(`"${text}" is not a valid default: expected ${value.expected}`)
  return value
}

/**
 * For each key, the command line counts, else DISTROLAB_TAG, else the configuration. Throws LabError usage.
 */
function resolveTags(
  flags: Flags,
  env: Environment,
  { values }: Config,
): Pick<Settings, 'tags' | 'askedTags'> {
  const parsed = (setting: string, given: readonly string[]) =>
    Object.fromEntries(given.map((each) => parseTag(setting, each)))
  const configured = Object.entries(values.tags ?? {}).map((tag) => checkTag('tags', tag))
  const askedTags = parsed('--tag', listFlag(flags, 'tag'))
  const ofVariable = parsed('DISTROLAB_TAG', listOf(env.flags['tag']))
  return { tags: { ...Object.fromEntries(configured), ...ofVariable, ...askedTags }, askedTags }
}

const listOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')

/** An absent key stays absent. */
const given = <T>(value: string | undefined, parse: (value: string) => T): T | undefined =>
  value === undefined ? undefined : parse(value)
