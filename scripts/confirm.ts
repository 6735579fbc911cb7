import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import type { Context } from './context.js'
import { LabError } from './errors.js'
import { printable } from './report/printable.js'

export interface Confirmation {
  /** The command to type with `--yes`: `lock break demo`. */
  readonly command: string
  readonly question: string
  /** Without a terminal and without `--yes`: run the command, or refuse it. */
  readonly unattended: 'proceed' | 'refuse'
}

const isAtTerminal = (): boolean => process.stdin.isTTY && process.stderr.isTTY

/**
 * For a command that affects more than one named thing: refuses it before it looks at anything. Throws
 * LabError `confirmation-needed`.
 */
export function requireTerminalOrYes({ settings }: Context, command: string): void {
  if (!settings.yes && !isAtTerminal()) throw new LabError({ code: 'confirmation-needed', command })
}

/**
 * The only code that asks: once, at a terminal, unless `--yes`. Throws LabError `not-confirmed` for any
 * answer but yes, and `confirmation-needed` if there is no one to ask and the command must not continue by
 * itself.
 */
export async function confirm(
  context: Context,
  { command, question, unattended }: Confirmation,
): Promise<void> {
  if (context.settings.yes) return
  if (unattended === 'refuse') requireTerminalOrYes(context, command)
  if (!isAtTerminal()) return
  const answer = await ask(context, `${question} [y/N] `)
  if (!isYes(answer)) throw new LabError({ code: 'not-confirmed', command })
}

/** An answer that decides nothing dangerous; undefined if no one can be asked, or `--yes` forbids to. */
export async function askYesOrNo(context: Context, question: string): Promise<boolean | undefined> {
  if (context.settings.yes || !isAtTerminal()) return undefined
  return isYes(await ask(context, `${question} [y/N] `))
}

const isYes = (answer: string): boolean => /^y(es)?$/i.test(answer.trim())

async function ask({ interrupt, redact }: Context, question: string): Promise<string> {
  // Readline must not own the terminal, so that Ctrl-C stays a signal.
  const prompt = createInterface({ input: process.stdin, output: process.stderr, terminal: false })
  try {
    const endOfInput = once(prompt, 'close').then(() => '')
    return await Promise.race([
      prompt.question(printable(redact(question)), { signal: interrupt.signal }),
      endOfInput,
    ])
  } catch (error) {
    interrupt.signal.throwIfAborted()
    throw error
  } finally {
    prompt.close()
  }
}
