#!/usr/bin/env node
import { writeSync } from 'node:fs'
import { resetMachine, takeBaseline } from './machine/baseline.js'
import { readConsole } from './machine/console.js'
import type { Context, Report } from './machine/context.js'
import { readEnvironment } from './env.js'
import { DriverError, errnoOf, type DriverFault } from './errors.js'
import { createMachine, extendMachine, stopMachine } from './machine/machine.js'
import type { InputOf, ResultOf, Verb } from './protocol.js'
import { destroyMachine } from './machine/remove.js'
import { startMachine } from './machine/start.js'
import { statusOf } from './machine/status.js'
import { parseCommand } from './machine/validate.js'

/**
 * The VM driver: `main.js <verb> <json>`, see protocol.ts. It writes JSON lines to stdout: progress, and at
 * the end exactly one result or fault. Exit code 0 done, 1 fault, 2 usage, 130 and 143 interrupted.
 */

type Handlers = { [V in Verb]: (input: InputOf<V>, context: Context) => Promise<ResultOf[V]> }

const HANDLERS: Handlers = {
  image: async (input, context) => {
    const { ensureImage } = await import('./image/resolve.js')
    return { image: await ensureImage(input, context) }
  },
  published: async (input, context) => {
    const { lookAtPublished } = await import('./image/published.js')
    return { published: await lookAtPublished(input.vendor, context) }
  },
  create: createMachine,
  start: startMachine,
  stop: stopMachine,
  status: async (input) => ({ machine: await statusOf(input) }),
  destroy: destroyMachine,
  baseline: takeBaseline,
  reset: resetMachine,
  extend: extendMachine,
  console: readConsole,
  warm: async (request, context) => {
    const { bakeLayer } = await import('./warm/bake.js')
    return bakeLayer(request, context)
  },
}

async function main(words: readonly string[], context: Context): Promise<object> {
  const { verb, input } = parseCommand(words)
  // No one waits for the image any more, but a machine must not be left half made or half removed.
  if (verb === 'image' || verb === 'warm') onReaderGone = () => interrupt('SIGTERM')
  if (verb === 'warm') endWithParent()
  return perform(verb, input, context)
}

function perform<V extends Verb>(verb: V, input: InputOf<V>, context: Context): Promise<ResultOf[V]> {
  return HANDLERS[verb](input, context)
}

/** It has nothing to say for minutes, and so would not notice that its reader is gone. */
function endWithParent(): void {
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) interrupt('SIGTERM')
  }, PARENT_LOOK_MS).unref()
}

const PARENT_LOOK_MS = 500

let onReaderGone = (): void => undefined

/** Synchronous, so that nothing is lost at exit. */
function writeLine(descriptor: 1 | 2, line: string): void {
  try {
    writeSync(descriptor, `${line}\n`)
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'EPIPE') onReaderGone()
    else if (code !== 'EAGAIN') throw error
  }
}

const report: Report = (phase, message, amount) => {
  writeLine(1, JSON.stringify({ type: 'progress', phase, message, ...amount }))
}

const controller = new AbortController()
const { signal } = controller

function interrupt(name: 'SIGINT' | 'SIGTERM'): void {
  controller.abort(new DriverError({ code: 'interrupted', signal: name }))
}

function faultOf(error: unknown): DriverFault {
  if (error instanceof DriverError) return error.fault
  return {
    code: 'driver-bug',
    stack: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }
}

function exitCodeOf(fault: { readonly code: string; readonly signal?: string }): number {
  if (fault.code === 'usage') return 2
  if (fault.code === 'interrupted') return fault.signal === 'SIGINT' ? 130 : 143
  return 1
}

for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => interrupt(name))
try {
  const result = await main(process.argv.slice(2), { environment: readEnvironment(), signal, report })
  writeLine(1, JSON.stringify({ type: 'result', ...result }))
} catch (error) {
  const fault = faultOf(signal.aborted ? signal.reason : error)
  const { code, ...fields } = fault
  writeLine(1, JSON.stringify({ type: 'fault', ...fault }))
  writeLine(2, `${code}: ${JSON.stringify(fields)}`)
  process.exitCode = exitCodeOf(fault)
}
