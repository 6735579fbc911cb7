import type { Audience } from '../../backend/policies.js'
import type { Settled } from '../../backend/setup.js'
import type { InitResult } from '../setup/init-result.js'
import type { BackendView } from '../setup/backend-show.js'

export function renderSettled({ aspect, outcome, before, after }: Settled): string {
  switch (outcome) {
    case 'kept':
      return `${aspect}: ${before}, left as it is`
    case 'changed':
      return `${aspect}: changed from ${before} to ${after}`
    case 'unsupported':
      return `${aspect}: not supported by this server${before === null ? '' : ` (${before})`}`
  }
}

export function renderInit(result: InitResult): string {
  const { url, place, settings, changed, policies } = result
  return [
    `${url}: ${place === 'made' ? 'created' : 'already existed'}`,
    ...settings.map((settled) => `  ${renderSettled(settled)}`),
    ...publicWarning(result),
    ...(changed ? [] : ['Nothing was changed.']),
    ...policies.flatMap(({ for: audience, document }) => [
      '',
      `Rights for ${audienceTitles[audience]}:`,
      JSON.stringify(document, null, 2),
    ]),
  ].join('\n')
}

const audienceTitles: Readonly<Record<Audience, string>> = {
  labs: 'people and CI (the same)',
  'read-only': 'read-only users (status, list, history)',
}

function publicWarning({ kind, visibility: { open, blocked, untold } }: InitResult): string[] {
  if (kind === 'directory')
    return open.map((mode) => `  Everyone on this computer can read it (${mode}); left as it is.`)
  return [
    ...(open.length === 0
      ? []
      : [
          `PUBLIC: everyone can read it: ${open.join(', ')}.`,
          'This server did not block that. Revoke it before creating the first lab: states hold secrets.',
        ]),
    ...(blocked.length === 0
      ? []
      : [`${blocked.join(', ')} made it public. That was left as it is, but public access is now blocked.`]),
    ...(untold.length === 0 ? [] : [`Whether it is public is not fully known: ${untold.join(', ')}.`]),
  ]
}

export function renderBackend(view: BackendView): string {
  const { url, kind, lock, labs } = view
  const destroyed = labs.destroyed === 0 ? '' : `, ${labs.destroyed} destroyed`
  const unreadable = labs.unreadable === 0 ? '' : `, ${labs.unreadable} with an unreadable record`
  const rows = [
    ['place', url],
    ['kind', kind],
    ['engine', engineText(view)],
    ['lease', `${lock.lease}: ${conditionTexts[lock.conditions]}`],
    ['state lock', lock.state],
    ['readers', readersText(view)],
    ['you are', view.identity ?? 'unknown: this server does not say'],
    ['labs', `${labs.living} living${destroyed}${unreadable}`],
  ]
  return rows.map(([name = '', text = '']) => `${name.padEnd(12)}${text}`).join('\n')
}

const conditionTexts: Readonly<Record<BackendView['lock']['conditions'], string>> = {
  proven: 'tested on this server just now',
  promised: 'promised by this server, not tested',
  untried: 'not tested: you may not write there',
}

function engineText({ engine: { minimum, found, rejected } }: BackendView): string {
  if (found === null)
    return `no OpenTofu ${minimum} or newer was found${rejected.map((one) => `; ${one}`).join('')}`
  return `OpenTofu ${found.version} (${found.source}: ${found.path}); at least ${minimum} is needed`
}

function readersText({ kind, visibility: { open, blocked, untold } }: BackendView): string {
  if (open.length > 0)
    return kind === 'directory'
      ? `everyone on this computer (${open.join(', ')})`
      : `PUBLIC: everyone, by ${open.join(', ')}`
  const known = untold.length === 0 ? '' : `; not fully known: ${untold.join(', ')}`
  const kept = blocked.length === 0 ? '' : `; public access by ${blocked.join(', ')} is blocked`
  return `only those with granted access${kept}${known}`
}
