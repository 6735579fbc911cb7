import { BackendError } from './errors.js'
import { shown } from './forms.js'
import { isLabName, type LabName } from './lab-name.js'

/**
 * One lease that a command lends to those it starts. Not a secret: it only names the right, and whether that still
 * holds is read from the store before every change.
 */
export interface LeaseToken {
  readonly lab: LabName
  readonly fence: number
  /** `backendId` of the lab's backend: labs of the same name in two backends are two labs. */
  readonly backend: string
  /** The pid of the process that lends it: those who borrow from the same one take turns. */
  readonly lender: number
}

/** `lab:fence:backend:lender`, one for each lease that is lent, separated by commas. */
export const formatLeaseTokens = (tokens: readonly LeaseToken[]): string =>
  tokens.map(({ lab, fence, backend, lender }) => [lab, fence, backend, lender].join(':')).join(',')

/** Throws BackendError `lease-token-refused` for what `formatLeaseTokens` can't have written. */
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
 * The token for a lab; undefined when its lease is not among the lent ones, and must be taken as ever.
 * Throws BackendError `lease-token-refused` when it is a lab of that name in another backend: whoever lost the
 * `--backend` of its parent must not work on the wrong lab.
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
