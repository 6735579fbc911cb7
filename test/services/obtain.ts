import { pathToFileURL } from 'node:url'
import { makeOnce } from './make.js'
import { programs, type TestProgram } from './programs.js'
import { recipes } from './recipes.js'

/**
 * Makes these servers and engines that tests run, each once a computer; what is there already costs nothing.
 * Throws what is missing and how to get it: a test that lacks its server fails, it is not skipped. What may be lacking
 * is reported here, and once more by the table of the run, as the reason why its tests were skipped.
 */
export async function obtainPrograms(
  names: readonly (keyof typeof programs)[],
  say: (text: string) => void,
): Promise<void> {
  // One after the other: each build fills all processors.
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
