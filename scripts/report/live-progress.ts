import { createLogUpdate } from 'log-update'
import { beginning, sinceStart, type Progress, type Step } from './progress.js'

/** A live list on a terminal: finished steps stay, and the current one counts its seconds. */
export function liveProgress(stream: NodeJS.WriteStream): Progress {
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
