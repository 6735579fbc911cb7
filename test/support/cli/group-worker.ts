import { run } from '../../../scripts/run.js'

/** Runs the program it is given, survives Ctrl-C, and prints what came out. */
process.on('SIGINT', () => process.stdout.write('we got SIGINT\n'))
const { stdout } = await run(process.argv[2] ?? '', process.argv.slice(3))
process.stdout.write(`${stdout}\n`)
