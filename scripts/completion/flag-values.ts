import { ARCHITECTURES, ON_FAILURES, OUTPUTS, WAITS } from '../choices.js'
import { SHELLS } from './shells.js'
import type { Source } from './table.js'

const words = (...list: readonly string[]): Source => ({ kind: 'words', words: list })
const nothing: Source = { kind: 'nothing' }
const files: Source = { kind: 'files' }

/** What completes the value of each flag that has one. The build fails for a flag without a line here. */
export const flagValues: Readonly<Record<string, Source>> = {
  'allow-from': words('auto'),
  at: nothing,
  'apply-timeout': words('10m', '20m', '30m'),
  arch: words(...ARCHITECTURES),
  backend: nothing,
  bucket: nothing,
  checksum: nothing,
  config: files,
  copy: files,
  count: words('2', '3'),
  disk: nothing,
  env: nothing,
  exclude: nothing,
  fetch: nothing,
  for: words('30s', '10m'),
  image: files,
  'instance-type': { kind: 'instance-types' },
  location: words('EU', 'US', 'ASIA'),
  machine: { kind: 'machines' },
  machines: nothing,
  'max-size': words('10MiB', '64MiB', '1GiB'),
  mesh: words('full', 'none'),
  name: { kind: 'labs' },
  network: words('own', 'default'),
  'older-than': words('1h', '12h', '1d', '7d'),
  'on-failure': words(...ON_FAILURES),
  out: { kind: 'folders' },
  output: words(...OUTPUTS.filter((form) => form !== 'markdown')),
  profile: { kind: 'profiles' },
  provider: { kind: 'clouds' },
  region: { kind: 'regions' },
  regions: { kind: 'regions', list: true },
  seed: nothing,
  setup: files,
  size: { kind: 'sizes' },
  'ssh-key': files,
  tag: nothing,
  timeout: words('90s', '10m', '1h'),
  ttl: words('90m', '4h', '3d', 'none'),
  wait: words(...WAITS),
  'wait-lock': words('0', '10m', '30m'),
  'wait-timeout': words('10m', '15m', '30m'),
  zone: nothing,
}

/** Flags that accept different values after one verb, as `VERB --FLAG`. */
export const flagValuesOfVerb: Readonly<Record<string, Source>> = {
  'net capture --out': files,
  'plan --output': words(...OUTPUTS),
  'plan --profile': { kind: 'profiles', list: true },
}

/** What completes a word that is not a flag, by its name in the syntax of the verb. */
export const positionalValues: Readonly<Record<string, Source>> = {
  distro: { kind: 'distros' },
  from: { kind: 'machines' },
  lab: { kind: 'labs' },
  page: { kind: 'pages' },
  one: { kind: 'machines' },
  other: { kind: 'machines' },
  set: words('sync-basic', 'sync-hostile', 'many-small', 'large'),
  ports: nothing,
  shell: words(...SHELLS),
  to: { kind: 'machines' },
  source: files,
  target: files,
  verb: { kind: 'verbs' },
}

const labsToMake: Source = { kind: 'labs-to-make' }
const allLabs: Source = { kind: 'all-labs' }

/** Verbs that accept more than the living labs. */
export const labsOfVerb: Readonly<Record<string, Source>> = {
  up: labsToMake,
  plan: labsToMake,
  synth: labsToMake,
  status: allLabs,
  history: allLabs,
}
