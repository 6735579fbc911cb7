#!/usr/bin/env node
import { outliveReaders } from './report/standard-streams.js'

const argv = process.argv.slice(2)

process.on('uncaughtException', (error) => void endWith(error))
outliveReaders()
process.exitCode = await start(argv).catch(endWith)

/** Completion answers a press of Tab, so it loads nothing else. */
async function start([first, ...rest]: readonly string[]): Promise<number> {
  if (!standsSomewhere()) return (await import('./last-resort.js')).reportLostFolder(argv)
  if (first === '__complete') return (await import('./completion/main.js')).completeMain(rest)
  if (first === '__list-labs') return (await import('./completion/main.js')).listLabsMain(rest)
  const { main } = await import('./main.js')
  return main(first === undefined ? [] : [first, ...rest])
}

function standsSomewhere(): boolean {
  try {
    return process.cwd() !== ''
  } catch {
    return false
  }
}

/**
 * The process can no longer trust its own state. The next command takes over the lease of a dead process
 * immediately.
 */
async function endWith(error: unknown): Promise<never> {
  const { reportUncaught } = await import('./last-resort.js')
  process.exit(reportUncaught(error, argv))
}
