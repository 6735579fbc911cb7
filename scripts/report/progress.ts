/** Where a command's progress goes while it runs. Results never come here. */
export interface Progress {
  beginStep(name: string, index: number, total: number): void
  /** What the current step sees or does right now. */
  detail(text: string): void
  endStep(): void
  failStep(): void
  /** One line that stays. */
  say(text: string): void
  close(): void
}

/** `12.4 s`, `1 min 3.2 s` */
export function elapsed(ms: number): string {
  const tenths = Math.max(0, Math.round(ms / 100))
  const minutes = Math.floor(tenths / 600)
  const seconds = ((tenths - minutes * 600) / 10).toFixed(1)
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds} s`
}

export interface Step {
  readonly label: string
  readonly started: number
  detail: string
}

export const beginning = (name: string, index: number, total: number): Step => ({
  label: `[${index}/${total}] ${name}`,
  started: performance.now(),
  detail: '',
})

export const sinceStart = (step: Step): string => elapsed(performance.now() - step.started)

/** Long silences look like a hang; a regular line shows that it continues. */
const SIGN_OF_LIFE_MS = 30_000

/** One line when a step begins, one for each new thing it sees, one when it ends. */
export function plainProgress(stream: NodeJS.WriteStream): Progress {
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

/** `-q`: only what must be said (a lease that is waited for, an interrupt). */
export function quietProgress(stream: NodeJS.WriteStream): Progress {
  const nothing = (): void => undefined
  const say = (text: string): void => void stream.write(`${text}\n`)
  return { beginStep: nothing, detail: nothing, endStep: nothing, failStep: nothing, say, close: nothing }
}
