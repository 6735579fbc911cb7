import type { OfferingName } from '../../distro-catalog/provider-names.js'
import { LabError } from '../errors.js'
import { explain } from '../explain.js'
import { askerOf } from '../providers/registry.js'
import { notAsked, nothing } from './answers.js'
import type { Asker, Question } from './question.js'

/** The driver's faults that mean that the vendor has no such image, or does not vouch for it. */
const ABSENT = new Set(['image-refused', 'checksum-unknown'])

/** The object that asks a provider. For a provider that cannot be asked, every answer gives the reason. */
export async function openAsker(provider: OfferingName, signal: AbortSignal): Promise<Asker> {
  try {
    return carefully(await (await askerOf(provider))(signal), signal)
  } catch (error) {
    signal.throwIfAborted()
    const reason = whyNot(provider, error)
    return async () => notAsked(reason)
  }
}

const carefully =
  (ask: Asker, signal: AbortSignal): Asker =>
  async (question: Question) => {
    try {
      return await ask(question)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof LabError)) throw error
      const { code, message } = explain(error)
      return ABSENT.has(code) ? nothing(message) : notAsked(whyNot(question.provider, error))
    }
  }

function whyNot(provider: OfferingName, error: unknown): string {
  if (!(error instanceof LabError)) throw error
  const { fault } = error
  if (fault.code === 'driver' && fault.fault.code === 'image-unreachable') {
    const { url, reason } = fault.fault
    return `${new URL(url).host} cannot be reached (${reason})`
  }
  if (fault.code === 'cloud-credentials-missing') return `no credentials for ${provider}: ${fault.sought}`
  return explain(error).message
}
