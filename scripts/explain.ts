import { BackendError } from '../backend/errors.js'
import { CatalogError } from '../distro-catalog/errors.js'
import { LabError } from './errors.js'
import { backendExplanations } from './explain/backend-faults.js'
import { catalogExplanations } from './explain/catalog-faults.js'
import { EXIT, explainBy, type Explanation } from './explain/explanation.js'
import { labExplanations } from './explain/lab-faults.js'

export interface ExplainedError extends Explanation {
  readonly code: string
}

/** The text for people about any error. An error without a code is our own bug, and its text says so. */
export function explain(error: unknown): ExplainedError {
  if (error instanceof LabError) {
    const { fault } = error
    const code = fault.code === 'driver' ? fault.fault.code : fault.code
    return { code, ...explainBy(labExplanations, fault) }
  }
  if (error instanceof BackendError)
    return { code: error.fault.code, ...explainBy(backendExplanations, error.fault) }
  if (error instanceof CatalogError)
    return { code: error.fault.code, ...explainBy(catalogExplanations, error.fault) }
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'internal',
    message: `Something went wrong inside distrolab: ${message}`,
    hint: 'Run it again with -vv and report what it prints.',
    exitCode: EXIT.failed,
  }
}
