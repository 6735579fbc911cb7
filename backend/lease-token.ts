import { BackendError } from './errors.js'
import { shown } from './forms.js'
import { isLabName, type LabName } from './lab-name.js'

/**
 * A lease that a command lends to the commands it starts. It is not a secret: it only names the right, and
 * the store is asked before every change whether that right still holds.
 */
export interface LeaseToken {
  readonly lab: LabName
  readonly fence: number
  /** `backendId` of the lab's backend: labs of the same name in two backends are two labs. */
  readonly backend: string
  /** The pid of the lending process: commands that borrow from the same one take turns. */
  readonly lender: number
}

/** `lab:fence:backend:lender` for each lent lease, separated by commas. */
export const formatLeaseTokens = (tokens: readonly LeaseToken[]): string =>
  tokens.map(({ lab, fence, backend, lender }) => [lab, fence, backend, lender].join(':')).join(',')

/** Throws BackendError `lease-token-refused` for text that `formatLeaseTokens` cannot have written. */
export function parseLeaseTokens(text: string): LeaseToken[] {
  return text.split(',').map((part) => {
    const [, lab = '', fence, backend = '', lender] =
      /^([a-z0-9-]{1,40}):([0-9]{1,15}):([0-9a-f]{1,64}):([0-9]{1,10})$/.exec(part) ?? []
    if (isLabName(lab)) return { lab, fence: Number(fence), backend, lender: Number(lender) }
    const expected = 'lab:fence:backend:lender'
    throw new BackendError({ code: 'lease-token-refused', field: 'form', expected, got: shown(part) })
  })
}

/**
 * The token for a lab; undefined if its lease is not lent and must be acquired as usual. Throws BackendError
 * `lease-token-refused` if a lab of that name in another backend is meant: a command that lost its parent's
 * `--backend` must not work on the wrong lab.
 */
export function tokenFor(
  tokens: readonly LeaseToken[],
  lab: LabName,
  backend: string,
): LeaseToken | undefined {
  const ofName = tokens.filter((token) => token.lab === lab)
  const found = ofName.find((token) => token.backend === backend)
  const [foreign] = ofName
  if (found !== undefined || foreign === undefined) return found
  const [expected, got] = [backend, foreign.backend]
  throw new BackendError({ code: 'lease-token-refused', field: 'backend', expected, got })
}
