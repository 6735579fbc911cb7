import { readTable } from '../completion/table.js'
import type { NpmScript } from '../env.js'
import { LabError } from '../errors.js'
import { meantBy } from './meant-line.js'
import { flagsTaken, starterOf } from './taken-flags.js'

/** Throws LabError usage, with the right command line, where npm kept flags or the first `--` for itself. */
export async function assertNothingTaken(npm: NpmScript, argv: readonly string[]): Promise<void> {
  const [first, second] = argv
  if (first !== npm.name) return
  const { verbs, ...rest } = readTable()
  const verb =
    verbs.find(({ name }) => name === `${first} ${second}`) ?? verbs.find(({ name }) => name === first)
  if (verb === undefined) return
  const starter = starterOf(process.ppid)
  if (starter.kind === 'other') return
  const words = argv.slice(verb.name.split(' ').length)
  const { line, taken, lacksDashes } = meantBy({ verbs, ...rest }, verb, words, flagsTaken(npm, starter))
  const problems = [...(taken.length > 0 ? [takenText(taken)] : []), ...(lacksDashes ? [DASHES] : [])]
  if (problems.length === 0) return
  throw new LabError({
    code: 'usage',
    problem: `${problems.join('\n')}\nNothing was changed.`,
    command: verb.name,
    meant: line,
  })
}

const DASHES =
  'npm removes the first --. Write -- twice: after the name of the script, and before the command.'

function takenText(flags: readonly string[]): string {
  const last = flags.at(-1) ?? ''
  const named = flags.length === 1 ? last : `${flags.slice(0, -1).join(', ')} and ${last}`
  return `npm took ${named} for itself. Flags for distrolab come after --.`
}
