import type { Redact } from './redact.js'
import { printable, printableLine, withinMargin } from './printable.js'
import { plainProgress, quietProgress, type Progress } from './progress.js'

export interface ProgressOptions {
  readonly stream: NodeJS.WriteStream
  readonly live: boolean
  readonly quiet: boolean
}

/** The live list is loaded only if there is a terminal to show it on. */
export async function createProgress(options: ProgressOptions): Promise<Progress> {
  if (options.quiet) return quietProgress(options.stream)
  if (!options.live) return plainProgress(options.stream)
  const { liveProgress } = await import('./live-progress.js')
  return liveProgress(options.stream)
}

/** The same, with secrets and unprintable characters removed from its text. */
export const printedProgress = (progress: Progress, redact: Redact): Progress => ({
  ...progress,
  detail: (text) => progress.detail(printableLine(redact(text))),
  say: (text) => progress.say(withinMargin(printable(redact(text)))),
})
