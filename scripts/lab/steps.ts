import type { Session } from './gate.js'
import type { LabWriter } from '../../backend/lab-writer.js'
import type { StepName } from './step-lists.js'

type Action<T> = (detail: (text: string) => void) => Promise<T>

export interface Timing {
  readonly step: string
  readonly ms: number
}

/** Writes the beginning of a step: a transition that belongs to the same moment can be that write. */
export type RecordStep<R> = (writer: LabWriter, begun: { readonly step: StepName }) => Promise<R>

export const asOwnWrite: RecordStep<void> = (writer, { step }) => writer.beginStep(step)

/** By the transition that began the command. */
export const alreadyRecorded: RecordStep<void> = async () => undefined

/**
 * Runs a command's named steps in the order of its list; each is recorded before it begins, shown while it
 * runs, and timed.
 */
export class Steps {
  readonly timings: Timing[] = []
  #index = 0

  constructor(
    private readonly session: Session,
    private readonly names: readonly StepName[],
  ) {}

  /** Skips steps that others do, or that have nothing to do. */
  skip(...names: readonly StepName[]): void {
    for (const name of names) if (this.names[this.#index] === name) this.#index++
  }

  async run<T>(name: StepName, action: Action<T>): Promise<T> {
    const [, result] = await this.runRecorded(name, action, asOwnWrite)
    return result
  }

  /** Returns what `record` wrote, and what the step led to. */
  async runRecorded<T, R>(
    name: StepName,
    action: Action<T>,
    record: RecordStep<R>,
  ): Promise<readonly [recorded: R, result: T]> {
    const { writer, signal } = this.session
    signal.throwIfAborted()
    // Otherwise readers of the lists (progress, the crash tests) would learn something different from what
    // happens.
    if (this.names[this.#index] !== name) throw new TypeError(`${name} is not the next step`)
    this.#index++
    const recorded = await record(writer, { step: name })
    const at = { name, index: this.#index, count: this.names.length }
    return [recorded, await carryOut(this.session, at, this.timings, action)]
  }
}

/** One step, shown and logged while it runs, and timed; `index` counts from 1. */
export async function carryOut<T>(
  { context, log }: Pick<Session, 'context' | 'log'>,
  { name, index, count }: { readonly name: string; readonly index: number; readonly count: number },
  timings: Timing[],
  action: Action<T>,
): Promise<T> {
  context.progress.beginStep(name, index, count)
  log.info('step begins', { step: name })
  const started = performance.now()
  try {
    const result = await action((text) => {
      context.progress.detail(text)
      log.debug(text, { step: name })
    })
    const ms = Math.round(performance.now() - started)
    timings.push({ step: name, ms })
    log.info('step done', { step: name, ms })
    context.progress.endStep()
    return result
  } catch (error) {
    context.progress.failStep()
    throw error
  }
}
