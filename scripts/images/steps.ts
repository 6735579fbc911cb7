import type { ImageSession } from './gate.js'

export interface Timing {
  readonly step: string
  readonly ms: number
}

type Detail = (text: string) => void

/** Runs the named steps of a command in their order: each is recorded before it begins, shown, and timed. */
export class ImageSteps<Name extends string> {
  readonly timings: Timing[] = []

  constructor(
    private readonly session: ImageSession,
    private readonly names: readonly Name[],
  ) {}

  async run<T>(name: Name, action: (detail: Detail) => Promise<T>): Promise<T> {
    const { context, writer, log, signal } = this.session
    signal.throwIfAborted()
    await writer.update({ step: name })
    context.progress.beginStep(name, this.names.indexOf(name) + 1, this.names.length)
    log.info('step begins', { step: name })
    const started = performance.now()
    try {
      const result = await action((text) => {
        context.progress.detail(text)
        log.debug(text, { step: name })
      })
      const ms = Math.round(performance.now() - started)
      this.timings.push({ step: name, ms })
      log.info('step done', { step: name, ms })
      context.progress.endStep()
      return result
    } catch (error) {
      context.progress.failStep()
      throw error
    }
  }
}
