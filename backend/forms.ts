import { BackendError } from './errors.js'

/**
 * The forms of everything that is read from a backend and then reaches a shell, a file name, a configuration
 * file, a command line or a terminal. Every pattern is anchored, matches with the flag `u`, and takes linear
 * time.
 */
export interface Form {
  readonly pattern: string
  /** In characters. */
  readonly maxLength: number
  /** Completes the sentence "expected …". */
  readonly description: string
}

/**
 * Control characters, halves of characters, line separators, and invisible or direction-changing characters.
 */
const INVISIBLE = '\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}'
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
const IPV4 = `${OCTET}(?:\\.${OCTET}){3}`
const IPV6 = '(?=[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{2,39}(?:\\.[0-9]{1,3}){0,3}'
const BASE64 = '[A-Za-z0-9+/]+={0,2}'
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

const LEAP_YEAR = '(?:20(?:[2468][048]|[3579][26])|21(?:0[48]|[2468][048]|[13579][26]))'
const YEAR = '(?:20[2-9][0-9]|21[0-9]{2})'
const DAY_OF_YEAR =
  '(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))'

const MACHINE = '[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?'
/** Which machines of a lab may log in on which. */
export const MESH_FULL = 'full'
export const MESH_NONE = 'none'

const form = (description: string, maxLength: number, pattern: string): Form => ({
  pattern: `^(?:${pattern})$`,
  maxLength,
  description,
})

export const forms = {
  /** For people: names of users and computers, sources, sessions. */
  line: form('one line of 1 to 2048 visible characters', 2048, `[^${INVISIBLE}]+`),
  /** Text from an engine, a guest or a cloud. */
  text: form('visible characters and line ends, at most 16384', 16_384, `(?:[^${INVISIBLE}]|\\n)*`),
  path: form(
    'an absolute path of visible characters without . and .. in it',
    4096,
    `(?:/(?!\\.{1,2}(?:/|$))[^/${INVISIBLE}]*)+`,
  ),
  time: form(
    'a time in UTC of the years 2020 to 2199, such as 2026-11-21T10:00:00.000Z',
    24,
    `(?:${YEAR}-${DAY_OF_YEAR}|${LEAP_YEAR}-02-29)T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}\\.[0-9]{3}Z`,
  ),
  lab: form(
    "a lab's name: 1 to 40 of a-z, 0-9 and -, a letter first",
    40,
    '[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?',
  ),
  /** As backend/image-name.ts makes them. */
  image: form('PROVIDER/DISTRO/ARCHITECTURE', 128, '[a-z]{1,32}/[a-z0-9][a-z0-9._-]{0,63}/[a-z0-9_]{1,16}'),
  /** A label of RFC 1123 in lower case: it is a host name, a folder and a name in a stack. */
  machine: form("a machine's name: 1 to 40 of a-z, 0-9 and -, a letter first", 40, MACHINE),
  mesh: form(
    "full, none, or pairs of machines such as 'source->target,target->source', quoted because > is the shell's",
    16_384,
    `${MESH_FULL}|${MESH_NONE}|${MACHINE}->${MACHINE}(?:,${MACHINE}->${MACHINE})*`,
  ),
  machineId: form(
    'distrolab- and then a-z, 0-9 and -',
    128,
    'distrolab-[a-z0-9](?:[a-z0-9-]{0,116}[a-z0-9])?',
  ),
  /** A lab, or a lab, a dash and a machine. */
  aliasOfHost: form('a name of a-z, 0-9 and -', 81, '[a-z](?:[a-z0-9-]{0,79}[a-z0-9])?'),
  pathForSsh: form(
    'an absolute path without quotes, backslashes, $ and invisible characters',
    4096,
    `/[^"\\\\$${INVISIBLE}]*`,
  ),
  /** A name in a folder: not hidden, and no other folder. */
  fileName: form('a file name of letters, digits and . _ -', 200, '[A-Za-z0-9_-][A-Za-z0-9._-]*'),
  macAddress: form('a lower-case MAC address', 17, '[0-9a-f]{2}(?::[0-9a-f]{2}){5}'),
  /** RFC 1123 §2.1, RFC 4291 §2.2; no zone, which only a link-local address has. */
  address: form('an IP address or a host name', 253, `${IPV4}|${IPV6}|${LABEL}(?:\\.${LABEL}){0,126}`),
  network: form(
    'a network in CIDR form, such as 203.0.113.7/32',
    49,
    `${IPV4}/(?:3[0-2]|[12]?[0-9])|${IPV6}/(?:12[0-8]|1[01][0-9]|[1-9]?[0-9])`,
  ),
  /** What useradd(8) accepts everywhere, and the catalog of distros too. */
  login: form('a login name: 1 to 32 of a-z, 0-9, _ and -', 32, '[a-z_][a-z0-9_-]{0,31}'),
  /** The key types that can be pinned, as sshd(8) writes them into known_hosts. */
  hostKey: form(
    'a host key: ssh-ed25519, ecdsa-sha2-nistp256 or ssh-rsa, a space and base64',
    4096,
    `(?:ssh-ed25519|ecdsa-sha2-nistp256|ssh-rsa) ${BASE64}`,
  ),
  /** sshd(8), AUTHORIZED_KEYS FILE FORMAT, without options and comment: a record keeps nothing else. */
  publicKey: form(
    'a public key: its type, a space and base64',
    16_384,
    `(?:ssh|ecdsa|sk)-[a-z0-9@.-]{1,60} ${BASE64}`,
  ),
  marker: form('distrolab-marker- and a UUID', 53, `distrolab-marker-${UUID}`),
  provider: form("a provider's name", 32, '[a-z][a-z0-9-]{0,31}'),
  /** As the clouds name them: eu-central-1, westeurope, europe-west1. */
  region: form("a region's name", 64, '[a-z][a-z0-9-]{0,63}'),
  /** eu-central-1a, europe-west1-b, 1. */
  zone: form("a zone's name", 64, '[a-z0-9][a-z0-9-]{0,63}'),
  /** As users name it: own, default, a VPC's id or Name tag, NETWORK/SUBNET, GROUP/NETWORK/SUBNET. */
  networkName: form(
    'one to three names of letters, digits and . _ - ( ), with / between them',
    256,
    '[A-Za-z0-9_(][A-Za-z0-9_.()-]*(?:/[A-Za-z0-9_(][A-Za-z0-9_.()-]*){0,2}',
  ),
  /** vpc-…, subnet-…, a network's name, or a path of the cloud's API. */
  networkId: form(
    "a network's or subnet's id",
    1024,
    '/?[A-Za-z0-9_(][A-Za-z0-9_.()-]*(?:/[A-Za-z0-9_(][A-Za-z0-9_.()-]*)*',
  ),
  /** Twelve digits, a project's id (an old one begins with a domain and a colon), a UUID. */
  account: form(
    'an account: AWS number, Google project or Azure subscription',
    128,
    '[A-Za-z0-9][A-Za-z0-9.:-]{0,127}',
  ),
  fixtureSet: form(
    "a set's name: 1 to 40 of a-z, 0-9 and -, a letter first",
    40,
    '[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?',
  ),
  fixturePlace: form(
    'a folder: names of letters, digits and . _ -, a letter, digit or _ first, with / between them',
    1000,
    '/?[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*',
  ),
  distro: form("a distro's name", 40, '[a-z][a-z0-9]*(?:[-.][a-z0-9]+)*'),
  architecture: form('an architecture', 16, '[a-z0-9_]{1,16}'),
  instanceType: form("an instance type's name", 64, '[A-Za-z0-9][A-Za-z0-9._-]{0,63}'),
  /** ami-…, sha256:…, PUBLISHER:OFFER:SKU:VERSION, or a path of the cloud's API, which Google may give as a URL. */
  imageId: form(
    "a provider's image id",
    1024,
    '(?:https://[a-z0-9.-]{1,253}/|/)?[A-Za-z0-9_][A-Za-z0-9_.()-]*(?:[/:][A-Za-z0-9_][A-Za-z0-9_.()-]*)*',
  ),
  digest: form(
    'sha256: and 64 hex digits, or sha512: and 128',
    135,
    'sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}',
  ),
  imageName: form("an image's name at its provider", 128, '[A-Za-z0-9][A-Za-z0-9._()-]{0,127}'),
  url: form('a URL', 2048, "[a-z][a-z0-9+-]{0,15}://[A-Za-z0-9._~:/?#\\[\\]@!$&'()*+,;=%-]+"),
  webUrl: form('an http or https URL', 2048, "https?://[A-Za-z0-9._~:/?#\\[\\]@!$&'()*+,;=%-]+"),
  /**
   * What all three clouds accept, possibly after stacks/ changes the case. No `$` or `%`, so it is never a
   * template.
   */
  tagKey: form(
    'a key of a tag: letters, digits, space and + - = . _ : / @',
    128,
    '[A-Za-z0-9][A-Za-z0-9 +=._:/@-]{0,127}',
  ),
  tagValue: form(
    'a value of a tag: letters, digits, space and + - = . _ : / @',
    256,
    '[A-Za-z0-9 +=._:/@-]*',
  ),
  /** A command, a step, a code or a kind: our own words. */
  word: form('lower-case words', 64, '[a-z][a-z0-9]*(?:[ -][a-z0-9]+)*'),
  /** Of a backend, or of one life of a lab. */
  randomId: form('12 hex digits', 12, '[0-9a-f]{12}'),
  computer: form('16 hex digits', 16, '[0-9a-f]{16}'),
  revision: form('a random id', 64, '[A-Za-z0-9][A-Za-z0-9-]{0,63}'),
  /** proc_pid_stat(5), field 22; empty if the system does not tell. */
  startTime: form('clock ticks since boot', 20, '[0-9]{0,20}'),
  /** As backend/process-identity.ts makes it; empty if the system does not tell. */
  boot: form('boot, pid namespace and machine', 200, '[A-Za-z0-9:./\\[\\]-]{0,200}'),
} as const satisfies Readonly<Record<string, Form>>

export type FormName = keyof typeof forms

const expressions = new Map<FormName, RegExp>()

/** Whether a text has a form. */
export function fits(name: FormName, text: string): boolean {
  const expression = expressions.get(name) ?? new RegExp(forms[name].pattern, 'u')
  expressions.set(name, expression)
  return text.length <= forms[name].maxLength && expression.test(text)
}

/**
 * Returns the text, for code that writes it where any other form would do harm. Its reader has already
 * checked it; this check covers values from elsewhere. Throws BackendError `value-refused`.
 */
export function requireForm(name: FormName, field: string, text: string): string {
  if (fits(name, text)) return text
  throw new BackendError({
    code: 'value-refused',
    field,
    expected: forms[name].description,
    got: shown(text),
  })
}

const SHOWN = 80

/** A text in quotes as a message may show it: short, with every invisible character escaped. */
export function shown(text: string): string {
  const short = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
  return escapeInvisible(JSON.stringify(short))
}

const invisible = new RegExp(`[${INVISIBLE}]`, 'gu')

/** An invisible character as its code: `\u001b`. */
export const escapeInvisible = (text: string): string =>
  text.replaceAll(invisible, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16)
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`
  })
