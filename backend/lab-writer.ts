import { cleanText } from './clean-text.js'
import { BackendError } from './errors.js'
import { transition, transitionToFailure, type AnyLab, type Lab, withoutChoices } from './lab.js'
import type { Next, State } from './lab-state.js'
import type { Lease } from './lease.js'
import {
  newRecord,
  withEvent,
  withoutCommand,
  withStep,
  type StepChange,
  type WriteContext,
} from './record-change.js'
import { RecordSlot } from './record-slot.js'
import type { Decided, LabEvent, LabRecord, Machine, StepOutcome } from './record-schema.js'
import type { ObjectStore } from './store.js'

export interface WriterOptions {
  /** Called for each transition once it is recorded. */
  readonly onTransition?: (event: LabEvent) => void
}

/** What else a write changes, so that each boundary is one write. */
export interface Extras {
  readonly patch?: Partial<Decided>
  /** A name: the current step is done and this one begins. null: the current step only ends. */
  readonly step?: string | null
  /** The command is over; nothing is running any more. */
  readonly finish?: boolean
  /** Becomes part of a transition's event. */
  readonly message?: string
}

export interface Failure {
  readonly code: string
  readonly message: string
  /** The current step, unless named. */
  readonly step?: string
}

/** Opens a lab's record for writing under a lease, and records that this command has begun. */
export async function openLabWriter(
  store: ObjectStore,
  lease: Lease,
  options: WriterOptions = {},
): Promise<LabWriter> {
  const slot = new RecordSlot(store, lease, (event) => {
    if (event.kind === 'transition') options.onTransition?.(event)
  })
  await slot.open()
  return new LabWriter(slot)
}

/**
 * The only code that changes a record. Every method writes once, checks the lease first, and throws
 * BackendError `lease-lost` once someone else has taken over. Calls run one after the other. A `Lab<S>`
 * argument only says from which state: its other fields may be outdated, and the record's own count.
 */
export class LabWriter {
  #queue: Promise<unknown> = Promise.resolve()
  /** When this command's current step began, by the monotonic clock. */
  #stepBegan: number | undefined
  #hasSteps = false
  #deferred: Partial<Decided> = {}

  /** Use `openLabWriter`. */
  constructor(private readonly slot: RecordSlot) {}

  /** As last written or loaded; undefined while the lab has no record. */
  get lab(): AnyLab | undefined {
    return this.slot.lab
  }

  get engineRecord(): Pick<LabRecord, 'provider' | 'engine'> | undefined {
    return this.slot.lab
  }

  /** The first record of a name never used: intent before action. Throws `object-exists`. */
  async create(
    decided: Decided,
    extras: Omit<Extras, 'patch' | 'finish'> = {},
  ): Promise<Lab<'provisioning'>> {
    return this.#inTurn(async () => {
      const steps = this.#stepChange(extras.step)
      const record = await this.slot.create((context) =>
        withEvent(
          withStep(newRecord(decided, context), steps, context.at),
          null,
          told(extras.message),
          context,
        ),
      )
      this.#stepped(steps)
      return record
    })
  }

  /** Moves the lab on. Throws `transition-illegal` when the record is not in the state of `lab`. */
  async transition<S extends State, T extends Next<S>>(
    lab: Lab<S>,
    to: T,
    extras: Extras = {},
  ): Promise<Lab<T>> {
    return this.#write(extras, (current, context) => {
      if (current.state !== lab.state) {
        throw new BackendError({ code: 'transition-illegal', lab: current.lab, from: current.state, to })
      }
      const isReborn = current.state === 'destroyed' && to === 'provisioning'
      const from: Lab<S> = { ...(isReborn ? withoutChoices(current) : current), state: lab.state }
      const moved = { ...transition(from, to, context.at), failure: null }
      const createdAt = isReborn ? context.at : current.createdAt
      return withEvent({ ...moved, createdAt }, lab.state, told(extras.message), context)
    })
  }

  /** Ends the current step, if any, and begins this one. */
  async beginStep(name: string, patch: Partial<Decided> = {}): Promise<void> {
    await this.#write({ step: name, patch }, (lab) => lab)
  }

  async endStep(outcome: StepOutcome = 'done', patch: Partial<Decided> = {}): Promise<void> {
    await this.#write({ step: null, patch }, (lab) => lab, outcome)
  }

  async update(patch: Partial<Decided>): Promise<void> {
    await this.#write({ patch }, (lab) => lab)
  }

  /** What was found of one machine; what is written of others at the same time stays. */
  async updateMachine(name: string, found: Partial<Machine>): Promise<void> {
    await this.#write<AnyLab>({}, (lab) => {
      const machines = lab.machines.map((each) => (each.name === name ? { ...each, ...found } : each))
      return { ...lab, machines }
    })
  }

  /** A change that no one waits for: it becomes part of the next write, if there is one. */
  defer(patch: Partial<Decided>): void {
    this.#deferred = { ...this.#deferred, ...patch }
  }

  /** The command ended well without another transition. */
  async finish(patch: Partial<Decided> = {}): Promise<void> {
    await this.#write({ patch, finish: true }, (lab) => lab)
  }

  /** The command ended well, and saw that nothing is left of an earlier interrupted command. */
  async settle(): Promise<void> {
    await this.#write({ finish: true }, (lab) => ({ ...lab, step: null, failure: null }))
  }

  /** Ends a use: `ready` again, unless a command under the same lease has moved the lab on. */
  async endUse(message?: string): Promise<void> {
    await this.#write<AnyLab>({ finish: true }, (lab, context) => {
      if (lab.state !== 'in-use') return lab
      const moved = { ...transition(lab, 'ready', context.at), failure: null }
      return withEvent(moved, lab.state, told(message), context)
    })
  }

  /** An event that is not a transition, with what changed. */
  async note(message: string, patch: Partial<Decided> = {}): Promise<void> {
    await this.#write({ patch }, (lab, context) =>
      withEvent(lab, lab.state, { kind: 'note', message }, context),
    )
  }

  /** Ends the command: records the reason, and the failure of the state if it has one. */
  async fail(failure: Failure, patch: Partial<Decided> = {}): Promise<AnyLab> {
    const { code } = failure
    const message = cleanText(failure.message)
    await this.#write(
      { patch, finish: true },
      (lab, context) => {
        const step = failure.step ?? (this.#stepBegan === undefined ? null : (lab.step?.name ?? null))
        const moved = { ...transitionToFailure(lab, context.at), failure: { step, code, message } }
        if (moved.state === lab.state) return moved
        return withEvent(moved, lab.state, told(`${code}: ${message}`), context)
      },
      'failed',
    )
    if (this.lab === undefined) throw new TypeError('a written record is present')
    return this.lab
  }

  async #write<L extends LabRecord>(
    extras: Extras,
    change: (lab: AnyLab, context: WriteContext) => L,
    outcome: StepOutcome = 'done',
  ): Promise<L> {
    return this.#inTurn(async () => {
      const steps = this.#stepChange(extras.finish === true ? (extras.step ?? null) : extras.step, outcome)
      const deferred = this.#deferred
      const written = await this.slot.replace((lab, context) => {
        const changed = { ...change(lab, context), ...deferred, ...extras.patch }
        const withSteps = withStep(changed, steps, context.at)
        return extras.finish === true ? withoutCommand(withSteps, context.lease) : withSteps
      })
      if (this.#deferred === deferred) this.#deferred = {}
      this.#stepped(steps)
      return written
    })
  }

  #stepChange(next: string | null | undefined, outcome: StepOutcome = 'done'): StepChange | undefined {
    if (next === undefined) return undefined
    const ms = this.#stepBegan === undefined ? undefined : performance.now() - this.#stepBegan
    return { next, outcome, ms, isFirst: !this.#hasSteps }
  }

  #stepped(steps: StepChange | undefined): void {
    if (steps === undefined) return
    this.#stepBegan = steps.next === null ? undefined : performance.now()
    this.#hasSteps ||= steps.next !== null
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(action, action)
    // The caller gets the failure; the queue only waits for the end.
    this.#queue = turn.catch(() => undefined)
    return turn
  }
}

const told = (message: string | undefined): Pick<LabEvent, 'kind' | 'message'> =>
  message === undefined ? { kind: 'transition' } : { kind: 'transition', message }
