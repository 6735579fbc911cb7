import type { Progress } from './progress.js'

/** The steps of many labs at once would be unreadable; important lines carry the lab's name. */
export function progressOf(progress: Progress, lab: string): Progress {
  const nothing = (): void => undefined
  const say = (text: string): void => progress.say(`${lab}: ${text}`)
  return { beginStep: nothing, detail: nothing, endStep: nothing, failStep: nothing, say, close: nothing }
}
