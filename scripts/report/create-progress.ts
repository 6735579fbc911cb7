import type { Redact } from './redact.js'
import { plainProgress, quietProgress, type Progress } from './progress.js'

export interface ProgressOptions {
  readonly stream: NodeJS.WriteStream
  readonly live: boolean
  readonly quiet: boolean
}

/** The live list is loaded only where there is a terminal to show it on. */
export async function createProgress(options: ProgressOptions): Promise<Progress> {
  if (options.quiet) return quietProgress(options.stream)
  if (!options.live) return plainProgress(options.stream)
  const { liveProgress } = await import('./live-progress.js')
  return liveProgress(options.stream)
}

/** The same without what `redact` takes out of its words. */
export const redactedProgress = (progress: Progress, redact: Redact): Progress => ({
  ...progress,
  detail: (text) => progress.detail(redact(text)),
  say: (text) => progress.say(redact(text)),
})
