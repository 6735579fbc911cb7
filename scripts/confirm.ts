import { createInterface } from 'node:readline/promises'
import type { Context } from './context.js'
import { LabError } from './errors.js'

/** Asks once at a terminal. Without one, or with `--yes`, the command does as told. */
export async function confirm(
  { settings, interrupt }: Context,
  command: string,
  question: string,
): Promise<void> {
  if (settings.yes || !process.stdin.isTTY || !process.stderr.isTTY) return
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await prompt.question(`${question} [y/N] `, { signal: interrupt.signal })
    if (!/^y(es)?$/i.test(answer.trim())) throw new LabError({ code: 'not-confirmed', command })
  } finally {
    prompt.close()
  }
}
