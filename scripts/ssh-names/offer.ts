import { access, rm } from 'node:fs/promises'
import { systemErrorOf } from '../../backend/system-error.js'
import { askYesOrNo } from '../confirm.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { explain } from '../explain.js'
import { sshAlias } from '../machine/ssh-config.js'
import { typed } from '../report/typed.js'
import { ensureFolder, namesDeclinedFile, namesFolder, putFile, type Workspace } from '../workspace.js'
import { includeLine, withLine, withoutLine } from './include-line.js'
import { takenNames, userConfigFile, type TakenName } from './names.js'
import { readUserConfig } from './user-hosts.js'
import { editUserFile, LeftAlone, type Change, type Edited } from './user-file.js'

/**
 * Includes the names of labs in the user's ssh configuration if they want that: by the setting, else by their
 * answer, which is asked for once. A file that cannot be changed stops nothing.
 */
export async function offerNames(context: Context): Promise<void> {
  const { settings, space } = context
  if (settings.sshConfig === false) return
  const file = userConfigFile()
  const { isIncluded } = await readUserConfig(file, namesFolder(space))
  if (settings.sshConfig === true) await rm(namesDeclinedFile(space), { force: true })
  if (isIncluded) return
  if (settings.sshConfig === true || (await isWanted(context, file))) await includeNames(context, file)
}

async function isWanted(context: Context, file: string): Promise<boolean> {
  if (await isDeclined(context.space)) return false
  const answer = await askYesOrNo(context, `Add one line to ${file}, so that plain ssh knows labs by name?`)
  if (answer === false) {
    await decline(context.space)
    context.progress.say('distrolab will not ask again. Later: distrolab up --ssh-config')
  }
  return answer === true
}

async function isDeclined(space: Pick<Workspace, 'home'>): Promise<boolean> {
  try {
    await access(namesDeclinedFile(space))
    return true
  } catch (error) {
    if (systemErrorOf(error) === undefined) throw error
    return false
  }
}

async function decline(space: Pick<Workspace, 'home'>): Promise<void> {
  await ensureFolder(namesFolder(space))
  await putFile(namesDeclinedFile(space), '')
}

async function includeNames({ progress, space }: Context, file: string): Promise<void> {
  const folder = namesFolder(space)
  try {
    await ensureFolder(folder)
    const { isChanged, isOpenToOthers } = await edit(file, folder, 'add', (content) =>
      withLine(content, folder),
    )
    // Another `up` was faster.
    if (!isChanged) return
    progress.say(`Added one line to ${file}: plain ssh now knows labs by name.`)
    if (isOpenToOthers)
      progress.say(typed`ssh refuses that file, because others can write it. Next:  chmod go-w ${file}`)
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    progress.say(explain(error).message)
  }
}

export interface Removal {
  readonly file: string
  readonly removed: boolean
}

/** Takes our line out again, and remembers that as a no. Throws LabError ssh-names-left. */
export async function excludeNames({ space }: Context): Promise<Removal> {
  const file = userConfigFile()
  const folder = namesFolder(space)
  await decline(space)
  if (!(await readUserConfig(file, folder)).isIncluded) return { file, removed: false }
  const { isChanged } = await edit(file, folder, 'remove', (content) => withoutLine(content, folder))
  if (!(await readUserConfig(file, folder)).isIncluded) return { file, removed: isChanged }
  throw leftAlone(file, folder, 'remove', 'another file or a longer line includes the names')
}

async function edit(file: string, folder: string, verb: 'add' | 'remove', change: Change): Promise<Edited> {
  try {
    return await editUserFile(file, change)
  } catch (error) {
    if (!(error instanceof LeftAlone)) throw error
    throw leftAlone(file, folder, verb, error.reason, error)
  }
}

const leftAlone = (
  file: string,
  folder: string,
  verb: 'add' | 'remove',
  reason: string,
  cause?: Error,
): LabError =>
  new LabError({ code: 'ssh-names-left', file, reason, verb, line: includeLine(folder) }, { cause })

interface Named {
  readonly lab: string
  readonly profile: string
  readonly machines: readonly { readonly name: string }[]
}

/** If plain `ssh` knows labs, says which of this one's names it has for something else. */
export async function sayTakenNames(
  { progress, space }: Context,
  { lab, profile, machines }: Named,
): Promise<void> {
  const folder = namesFolder(space)
  if (!(await readUserConfig(userConfigFile(), folder)).isIncluded) return
  const taken = await takenNames(
    space,
    lab,
    machines.map(({ name }) => sshAlias(lab, name)),
  )
  for (const { alias, by } of taken)
    progress.say(
      `ssh ${alias} leads elsewhere: ${describe(folder, by)} has that name. For one of its own: ${typed`distrolab up --profile ${profile} --name ${`${lab.slice(0, 38)}-2`}`}`,
    )
}

const describe = (folder: string, { file, line }: TakenName['by']): string =>
  file.startsWith(`${folder}/`) ? `another lab (${file})` : `line ${line} of ${file}`
