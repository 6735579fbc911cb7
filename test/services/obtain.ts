import { pathToFileURL } from 'node:url'
import { makeOnce } from './make.js'
import { programs, type TestProgram } from './programs.js'
import { recipes } from './recipes.js'

/**
 * Makes the servers and engines that tests run, once for each computer; existing ones cost nothing. Throws
 * what is missing and how to get it: a test that lacks its server fails, and is not skipped. Anything that
 * may be missing is reported here, and again by the table of the run, as the reason for skipped tests.
 */
export async function obtainPrograms(
  names: readonly (keyof typeof programs)[],
  say: (text: string) => void,
): Promise<void> {
  // One after the other, because each build uses all processors.
  for (const name of names) {
    const program: TestProgram = programs[name]
    await makeOnce(program, recipes[name], say).catch((error: unknown) => {
      if (program.mayLack !== true) throw error
      say(`TESTS WILL BE SKIPPED: ${error instanceof Error ? error.message : String(error)}`)
    })
  }
}

/** `node dist/test/services/obtain.js` makes all of them; the test runner makes what each tier needs. */
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const say = (text: string): void => void process.stderr.write(`${text}\n`)
  await obtainPrograms(Object.keys(programs) as (keyof typeof programs)[], say).catch((error: unknown) => {
    say(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  })
}
