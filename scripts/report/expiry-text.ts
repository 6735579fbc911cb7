import type { Extension } from '../lifecycle/extend.js'
import type { LabView } from '../lab/view.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `45s`, `12m`, `3h59m`, `2d4h`: rounded down, as time that is left must be. */
export function timeText(ms: number): string {
  const whole = (unit: number): number => Math.floor(ms / unit)
  if (ms < MINUTE) return `${whole(SECOND)}s`
  if (ms < HOUR) return `${whole(MINUTE)}m`
  return ms < 2 * DAY ? `${whole(HOUR)}h${whole(MINUTE) % 60}m` : `${whole(DAY)}d${whole(HOUR) % 24}h`
}

type Expiry = Pick<LabView, 'expiresAt' | 'expiresInMs' | 'enforcers'>

/** The column of `list`. */
export function timeLeft({ expiresInMs, expiresAt }: Expiry): string {
  if (expiresInMs === null) return expiresAt === null ? 'never' : ''
  return expiresInMs > 0 ? `in ${timeText(expiresInMs)}` : `EXPIRED ${timeText(-expiresInMs)} ago`
}

/** `watchdog armed`; empty where nothing needs to be ended. */
export const renderEnforcers = ({ enforcers }: Pick<Expiry, 'enforcers'>): string =>
  enforcers.map(({ name, state }) => `${name} ${state}`).join(', ')

/** One line for people; none for a lab without end. */
export function renderExpiry(expiry: Expiry): string[] {
  if (expiry.expiresInMs === null) return []
  const by = renderEnforcers(expiry)
  return [`It expires ${timeLeft(expiry)}, at ${expiry.expiresAt}${by === '' ? '' : ` (${by})`}.`]
}

export function renderExtension({ lab, was, ...expiry }: Extension): string {
  const [now = `${lab} no longer expires.`] = renderExpiry(expiry)
  const isOff = expiry.enforcers.some(({ state }) => state === 'idle')
  return [
    `${now.replace(/^It /, `${lab} `)}${was === null ? '' : ` It was ${was}.`}`,
    ...(isOff ? [`It is powered off: distrolab up ${lab}`] : []),
  ].join('\n')
}
