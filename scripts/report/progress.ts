import { createLogUpdate } from 'log-update'

/** Where a command's progress goes while it runs. Results never come here. */
export interface Progress {
  beginStep(name: string, index: number, total: number): void
  /** What the step under way sees or does right now. */
  detail(text: string): void
  endStep(): void
  failStep(): void
  /** One line that stays. */
  say(text: string): void
  close(): void
}

export interface ProgressOptions {
  readonly stream: NodeJS.WriteStream
  readonly live: boolean
  readonly quiet: boolean
}

export function createProgress(options: ProgressOptions): Progress {
  if (options.quiet) return quietProgress(options.stream)
  return options.live ? liveProgress(options.stream) : plainProgress(options.stream)
}

/** `12.4 s`, `1 min 3.2 s` */
export function elapsed(ms: number): string {
  const tenths = Math.max(0, Math.round(ms / 100))
  const minutes = Math.floor(tenths / 600)
  const seconds = ((tenths - minutes * 600) / 10).toFixed(1)
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds} s`
}

interface Step {
  readonly label: string
  readonly started: number
  detail: string
}

const beginning = (name: string, index: number, total: number): Step => ({
  ...{ label: `[${index}/${total}] ${name}`, started: performance.now(), detail: '' },
})

const sinceStart = (step: Step): string => elapsed(performance.now() - step.started)

/** Long silences look like a hang; a line this often shows that it goes on. */
const SIGN_OF_LIFE_MS = 30_000

/** One line when a step begins, one for each new thing it sees, one when it ends. */
function plainProgress(stream: NodeJS.WriteStream): Progress {
  let step: Step | undefined
  let lastShown = ''
  let lastAt = 0
  const write = (text: string): void => void stream.write(`${text}\n`)
  const end = (mark: string): void => {
    if (step) write(`${step.label} ${mark} ${sinceStart(step)}`)
    step = undefined
  }
  return {
    beginStep(name, index, total) {
      step = beginning(name, index, total)
      lastShown = ''
      write(`${step.label} …`)
    },
    detail(text) {
      const kind = text.replaceAll(/[\d.,]+/g, '#')
      if (step === undefined || (kind === lastShown && performance.now() - lastAt < SIGN_OF_LIFE_MS)) return
      lastShown = kind
      lastAt = performance.now()
      write(`${step.label}: ${text} (${sinceStart(step)})`)
    },
    endStep: () => end('done in'),
    failStep: () => end('failed after'),
    say: write,
    close: () => undefined,
  }
}

/** A live list on a terminal: finished steps stay, the one under way counts its seconds. */
function liveProgress(stream: NodeJS.WriteStream): Progress {
  const update = createLogUpdate(stream, { showCursor: true })
  let step: Step | undefined
  const draw = (): void => {
    if (step) update(`${step.label} … ${sinceStart(step)}${step.detail === '' ? '' : `  ${step.detail}`}`)
  }
  const timer = setInterval(draw, 100)
  timer.unref()
  const persist = (text: string): void => {
    update.clear()
    stream.write(`${text}\n`)
    draw()
  }
  const end = (mark: string): void => {
    const finished = step
    step = undefined
    if (finished) persist(`${finished.label} ${mark} ${sinceStart(finished)}`)
  }
  return {
    beginStep(name, index, total) {
      step = beginning(name, index, total)
      draw()
    },
    detail(text) {
      if (step) step.detail = text
      draw()
    },
    endStep: () => end('✓'),
    failStep: () => end('✗'),
    say: persist,
    close() {
      clearInterval(timer)
      update.clear()
    },
  }
}

/** `-q`: only what must be said (a lease that is waited for, an interrupt). */
function quietProgress(stream: NodeJS.WriteStream): Progress {
  const nothing = (): void => undefined
  const say = (text: string): void => void stream.write(`${text}\n`)
  return { beginStep: nothing, detail: nothing, endStep: nothing, failStep: nothing, say, close: nothing }
}
