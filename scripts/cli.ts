#!/usr/bin/env node
import { outliveReaders } from './report/standard-streams.js'

outliveReaders()
process.exitCode = await start(process.argv.slice(2))

/** A press of Tab waits for completion, which loads nothing of the rest. */
async function start([first, ...rest]: readonly string[]): Promise<number> {
  if (first === '__complete') return (await import('./completion/main.js')).completeMain(rest)
  if (first === '__list-labs') return (await import('./completion/main.js')).listLabsMain(rest)
  const { main } = await import('./main.js')
  return main(first === undefined ? [] : [first, ...rest])
}
