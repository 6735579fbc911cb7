import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fits } from '../backend/forms.js'
import { ownHome, ownUserId, shownUser } from '../backend/own-user.js'
import { systemErrorOf } from '../backend/system-error.js'
import { isForDriver } from '../local-vm/env.js'
import { proxyVariables } from './proxy-variables.js'
import { urlPasswords } from './report/redact.js'
import type { AuthorityFile } from './trust.js'

/**
 * Everything distrolab takes from the process environment. This is the only module that reads it, or writes it.
 *
 * DISTROLAB_HOME         state of this user: the default backend, keys, VMs, logs
 * DISTROLAB_CACHE        images, engines, work folders: may be deleted at any time
 * DISTROLAB_TOFU         the OpenTofu binary to use, whatever else is found
 * DISTROLAB_LEASE        the leases lent to us by the `exec --local` that started us
 * DISTROLAB_ENGINE_MIRROR  a copy of OpenTofu's releases on GitHub, for networks that do not reach those
 * DISTROLAB_SESSION      what the labs made from here belong to, for `cleanup --session`; in CI by default the run
 * DISTROLAB_<FLAG>       a default for a flag: DISTROLAB_PROFILE, DISTROLAB_WAIT_LOCK, DISTROLAB_SSH_KEY, …
 */
export interface Environment {
  readonly home: string
  readonly cache: string
  readonly configHome: string
  readonly tofu: string | undefined
  /** As `formatLeaseTokens` wrote it. */
  readonly lease: string | undefined
  readonly path: readonly string[]
  readonly user: string
  readonly isRoot: boolean
  readonly isCi: boolean
  readonly ciRunUrl: string | undefined
  /** The session of labs made from here; undefined if nothing names one. */
  readonly session: string | undefined
  readonly noColor: boolean
  /** Started by `npm run`, so hints show npm commands. */
  readonly viaNpm: boolean
  /** The npm script of this command; undefined if `npm run` did not start it. */
  readonly npm: NpmScript | undefined
  /** http_proxy or https_proxy names a proxy, in upper or lower case. */
  readonly proxied: boolean
  /** Files of certificates to trust in addition to the usual ones. */
  readonly authorityFiles: readonly AuthorityFile[]
  readonly sshAgentSocket: string | undefined
  /** Which variables with cloud credentials are set: only their names. */
  readonly credentialNames: ReadonlySet<string>
  /** A default for each flag that the environment sets, by the flag's name (`wait-lock`). */
  readonly flags: Readonly<Record<string, string>>
  /** Values that must never be shown, from variables whose names say so. */
  readonly secrets: readonly string[]
  /** The variables with those values. */
  readonly secretNames: readonly string[]
  /** The user has a folder for the engine's providers. */
  readonly hasProviderCache: boolean
  /** Where the engine looks for the user's own settings and providers. */
  readonly enginePlaces: EnginePlaces
  /** Variables to unset for the engine, because they would change what it reads or does. */
  readonly unsetForEngine: readonly string[]
}

/**
 * As OpenTofu 1.12 looks for them (its internal/command/cliconfig and cmd/tofu/provider_source.go). Some may
 * not exist.
 */
export interface EnginePlaces {
  /** The configuration file that a variable names; it replaces all others. */
  readonly given: string | undefined
  readonly files: readonly string[]
  /** The folders of `*.tfrc` and `*.tfrc.json`. */
  readonly folders: readonly string[]
  /** Mirrors of providers that need no configuration. */
  readonly pluginFolders: readonly string[]
}

export interface NpmScript {
  readonly name: string
  /** The settings that npm passes to its scripts, including flags from its command line. */
  readonly settings: Variables
  /** Files that settings come from too. */
  readonly files: readonly string[]
}

/**
 * Keeps the S3 client's advice to developers (on Node 20: to use a newer one) off the user's screen. The
 * client reads this only from the environment.
 */
export function quietLibraries(): void {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
}

/**
 * Makes all libraries, and every program we start, use the same proxies. Throws LabError usage for one that
 * is not a URL.
 */
export function settleProxies(): void {
  for (const [name, value] of Object.entries(proxyVariables(process.env))) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}

/**
 * Returns a variable's value and removes it, so that no program we start has it; undefined if it is not set.
 */
export function takeVariable(name: string): string | undefined {
  const value = process.env[name]
  delete process.env[name]
  return value === '' ? undefined : value
}

/** One variable of our own environment, for a command that also gets it. */
export const variableOf = (name: string): string | undefined => process.env[name]

/** The variables whose names match, to notice later that they have changed. */
export const variablesNamed = (pattern: RegExp): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => pattern.test(name)))

/** The variables that the driver does not need, to be unset. */
export const hiddenFromDriver = (): Readonly<Record<string, undefined>> =>
  Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => !isForDriver(name))
      .map((name) => [name, undefined]),
  )

type Variables = Readonly<Record<string, string | undefined>>

/** Our own variables that are not defaults of flags, including those that the driver reads itself. */
export const NOT_FLAGS: ReadonlySet<string> = new Set(
  ['HOME', 'CACHE', 'CONFIG_HOME', 'TOFU', 'QEMU', 'STALL_SECONDS', 'LEASE', 'SESSION'].map(
    (name) => `DISTROLAB_${name}`,
  ),
)
const SECRET_NAME = /(SECRET|TOKEN|PASSWORD|PASSPHRASE|PRIVATE_KEY|ACCESS_KEY|CREDENTIALS?)(_|$)/i

export const isSecretName = (name: string): boolean => SECRET_NAME.test(name)

export function readEnvironment(variables: Variables = withHome()): Environment {
  return {
    home: folder(variables, 'DISTROLAB_HOME', 'XDG_STATE_HOME', '.local/state'),
    cache: folder(variables, 'DISTROLAB_CACHE', 'XDG_CACHE_HOME', '.cache'),
    configHome: folder(variables, 'DISTROLAB_CONFIG_HOME', 'XDG_CONFIG_HOME', '.config'),
    tofu: variables['DISTROLAB_TOFU'] || undefined,
    lease: variables['DISTROLAB_LEASE'] || undefined,
    path: (variables['PATH'] ?? '').split(':').filter((entry) => entry !== ''),
    user: shownUser(),
    isRoot: ownUserId() === 0,
    isCi: isTrue(variables['CI']),
    ciRunUrl: ciRunUrl(variables),
    session: variables['DISTROLAB_SESSION'] || ciRunUrl(variables),
    noColor: (variables['NO_COLOR'] ?? '') !== '',
    viaNpm: variables['npm_lifecycle_event'] !== undefined,
    npm: npmScript(variables),
    proxied: ['http_proxy', 'https_proxy'].some((name) => variables[name] || variables[name.toUpperCase()]),
    authorityFiles: ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'AWS_CA_BUNDLE'].flatMap((name) => {
      const path = variables[name]
      return path === undefined || path === '' ? [] : [{ name, path }]
    }),
    sshAgentSocket: variables['SSH_AUTH_SOCK'] || undefined,
    credentialNames: new Set(
      Object.keys(variables).filter((name) => /^(ARM|GOOGLE|CLOUDSDK)_/.test(name) && variables[name] !== ''),
    ),
    flags: flagDefaults(variables),
    secrets: secretValues(variables),
    secretNames: Object.keys(variables).filter((name) => isSecretName(name)),
    hasProviderCache: (variables['TF_PLUGIN_CACHE_DIR'] ?? '') !== '',
    enginePlaces: enginePlaces(variables),
    unsetForEngine: Object.keys(variables).filter((name) => isForeignEngineSetting(name, variables[name])),
  }
}

/**
 * Docker's HOME for a user without a name; we, libraries and programs that we start look there for their
 * files.
 */
function withHome(): Variables {
  if (ownHome() === undefined) process.env['HOME'] = '/'
  return process.env
}

function folder(variables: Variables, own: string, xdg: string, fallback: string): string {
  const given = variables[own]
  if (given !== undefined && given !== '') return resolve(given)
  const base = variables[xdg]
  return join(base !== undefined && base.startsWith('/') ? base : join(homedir(), fallback), 'distrolab')
}

function enginePlaces(variables: Variables): EnginePlaces {
  const { TF_CLI_CONFIG_FILE: file, TERRAFORM_CONFIG: former, XDG_CONFIG_HOME: config } = variables
  const { XDG_DATA_HOME: data, XDG_DATA_DIRS: shared } = variables
  const user = variables['HOME'] || homedir()
  const given = (file !== undefined && existsSync(file) ? file : undefined) ?? former
  const xdgConfig = config ? [join(config, 'opentofu')] : []
  const dataFolders =
    process.platform === 'darwin'
      ? [join(user, 'Library/Application Support'), '/Library/Application Support']
      : [data || join(user, '.local/share'), ...(shared || '/usr/local/share:/usr/share').split(':')]
  const application = process.platform === 'darwin' ? 'io.terraform' : 'terraform'
  return {
    given: given === '' ? undefined : given,
    files: [
      ...['.tofurc', '.terraformrc'].map((name) => join(user, name)),
      ...xdgConfig.map((folder) => join(folder, 'tofurc')),
    ],
    folders: [join(user, '.terraform.d'), ...xdgConfig],
    pluginFolders: [
      join(user, '.terraform.d/plugins'),
      ...(data ? [join(data, 'opentofu/plugins')] : []),
      ...dataFolders.filter((folder) => folder !== '').map((folder) => join(folder, application, 'plugins')),
    ],
  }
}

const NPM_SETTING = /^npm_config_(?=[a-z])/

function npmScript(variables: Variables): NpmScript | undefined {
  const { npm_lifecycle_event: name, npm_config_local_prefix: folder = '.' } = variables
  if (name === undefined) return undefined
  const { npm_config_userconfig: user, npm_config_globalconfig: global } = variables
  const files = [join(folder, '.npmrc'), user, global].filter((file) => file !== undefined)
  return { name, settings: npmSettings(variables), files }
}

/** By the name of the flag: `npm_config_wait_lock` is `wait-lock`. */
const npmSettings = (variables: Variables): Variables =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      NPM_SETTING.test(name) ? [[name.replace(NPM_SETTING, '').replaceAll('_', '-'), value]] : [],
    ),
  )

/** The npm settings that a process was started with; undefined if the system does not show them. */
export function npmSettingsOf(pid: number): Variables | undefined {
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    return npmSettings(
      Object.fromEntries(entries.map((entry) => [entry.split('=')[0] ?? '', entry.replace(/^[^=]*=/, '')])),
    )
  } catch (error) {
    if (systemErrorOf(error) !== undefined) return undefined
    throw error
  }
}

const isTrue = (value: string | undefined): boolean => value === 'true' || value === '1'

/** The run's page on CI services that put it into the environment. */
function ciRunUrl(variables: Variables): string | undefined {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, CI_JOB_URL, BUILD_URL } = variables
  if (GITHUB_SERVER_URL && GITHUB_REPOSITORY && GITHUB_RUN_ID) {
    return webUrl(`${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`)
  }
  return webUrl(CI_JOB_URL) ?? webUrl(BUILD_URL)
}

/** A source in the form of a record, without credentials; undefined for anything else. */
function webUrl(given: string | undefined): string | undefined {
  if (given === undefined || !URL.canParse(given)) return undefined
  const url = new URL(given)
  url.username = ''
  url.password = ''
  return fits('webUrl', url.href) ? url.href : undefined
}

export const variableOfFlag = (flag: string): string => `DISTROLAB_${flag.toUpperCase().replaceAll('-', '_')}`

function flagDefaults(variables: Variables): Record<string, string> {
  const flags: Record<string, string> = {}
  for (const [name, value] of Object.entries(variables)) {
    if (!name.startsWith('DISTROLAB_') || NOT_FLAGS.has(name) || value === undefined || value === '') continue
    flags[name.slice('DISTROLAB_'.length).toLowerCase().replaceAll('_', '-')] = value
  }
  return flags
}

function secretValues(variables: Variables): string[] {
  return Object.entries(variables).flatMap(([name, value = '']) => [
    ...(isSecretName(name) && value !== '' ? [value] : []),
    ...urlPasswords(value),
  ])
}

const FOREIGN = new Set(['TF_WORKSPACE', 'TF_DATA_DIR', 'TF_INPUT', 'TF_ENCRYPTION', 'TF_REATTACH_PROVIDERS'])

/**
 * Settings for the user's own OpenTofu work, not for a lab's: extra arguments, another workspace, another
 * encryption, a provider that is being debugged. OpenTofu treats a TF_CLI_CONFIG_FILE that does not exist as
 * a broken one.
 */
function isForeignEngineSetting(name: string, value: string | undefined): boolean {
  if (name === 'TF_CLI_CONFIG_FILE') return value !== undefined && value !== '' && !existsSync(value)
  return name.startsWith('TF_CLI_ARGS') || FOREIGN.has(name)
}
