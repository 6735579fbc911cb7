import { pathToFileURL } from 'node:url'
import { makeOnce } from './make.js'
import { programs, type TestProgram } from './programs.js'
import { recipes } from './recipes.js'

/**
 * Makes the servers and the engine that tests run, each once a computer; what is there already costs nothing.
 * Throws what is missing and how to get it: a test that lacks its server fails, it is not skipped. Of what may lack that is
 * said loudly.
 */
export async function obtainPrograms(say: (text: string) => void): Promise<void> {
  // One after the other: each build fills all processors.
  for (const name of Object.keys(programs) as (keyof typeof programs)[]) {
    const program: TestProgram = programs[name]
    await makeOnce(program, recipes[name], say).catch((error: unknown) => {
      if (program.mayLack !== true) throw error
      say(`TESTS WILL BE SKIPPED: ${error instanceof Error ? error.message : String(error)}`)
    })
  }
}

/** `node dist/test/services/obtain.js`; `npm test` does the same before the tests. */
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const say = (text: string): void => void process.stderr.write(`${text}\n`)
  await obtainPrograms(say).catch((error: unknown) => {
    say(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  })
}
