import { carryOut, type Timing } from '../lab/steps.js'
import type { ImageSession } from './gate.js'

/** Runs the named steps of a command in order; each is recorded before it begins, shown, and timed. */
export class ImageSteps<Name extends string> {
  readonly timings: Timing[] = []

  constructor(
    private readonly session: ImageSession,
    private readonly names: readonly Name[],
  ) {}

  async run<T>(name: Name, action: (detail: (text: string) => void) => Promise<T>): Promise<T> {
    this.session.signal.throwIfAborted()
    await this.session.writer.update({ step: name })
    const at = { name, index: this.names.indexOf(name) + 1, count: this.names.length }
    return carryOut(this.session, at, this.timings, action)
  }
}
