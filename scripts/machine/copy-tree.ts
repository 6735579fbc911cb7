import { randomUUID } from 'node:crypto'
import { posix } from 'node:path'
import type { Files, Look } from './files.js'

/** Two computers, and how the content of one file gets from the first to the second. */
export interface Way {
  readonly from: Files
  readonly to: Files
  /** Writes over `draft`. */
  send(source: string, draft: string): Promise<void>
  /** Called for anything that is not a file, folder or link. */
  onSkipped(path: string): void
  /** Whether to leave out what is at this path of the source. */
  readonly isExcluded?: ((path: string) => boolean) | undefined
  /** Called once a file or link is where it belongs. */
  readonly onCopied?: (() => void) | undefined
  /** Unfinished files on the second computer, kept up to date: after giving up, the caller removes them. */
  readonly drafts: Set<string>
  /**
   * Who else makes drafts on the second computer. If no one does, existing drafts come from a killed copy.
   */
  readonly others: 'nobody' | 'anybody'
  /** After its abort nothing more begins; its reason is thrown. */
  readonly signal: AbortSignal
}

/** The source of a copy does not exist. */
export class SourceMissingError extends Error {}

/**
 * Copies a file or a folder with modes and modification times. A file goes to `target`, or below it if that
 * is a folder or ends with a slash. A folder's content goes into `target`, beside what is there. Missing
 * parent folders are made, and each file is replaced atomically. Links within a folder stay links. Throws
 * SourceMissingError.
 */
export async function copyTree(way: Way, source: string, target: string): Promise<void> {
  const found = await way.from.look(source, 'through')
  if (found === undefined) throw new SourceMissingError(source)
  const place = found.kind === 'folder' ? withoutSlash(target) : await placeOfFile(way.to, source, target)
  await makeFolders(way.to, posix.dirname(place))
  if (found.kind !== 'folder') await removeOldDrafts(way, posix.dirname(place))
  if (found.kind === 'folder')
    await copyFolder(way, found, source, place, await way.to.look(place, 'through'))
  else await copyEntry(way, found, source, place)
}

const withoutSlash = (path: string): string => path.replace(/(?<=.)\/+$/, '')

async function placeOfFile(to: Files, source: string, target: string): Promise<string> {
  const isFolder = target.endsWith('/') || (await to.look(target, 'through'))?.kind === 'folder'
  if (!isFolder) return target
  const name = posix.basename(source)
  // Only a machine that lies has a file there, and it would leave the folder.
  if (['', '.', '..'].includes(name)) throw new Error(`${source} names a folder, but a file is there`)
  return posix.join(target, name)
}

async function makeFolders(to: Files, path: string): Promise<void> {
  if ((await to.look(path, 'through')) !== undefined) return
  await makeFolders(to, posix.dirname(path))
  await to.makeFolder(path)
}

async function copyEntry(way: Way, found: Look, source: string, target: string): Promise<void> {
  // Never follow links below the target: a machine could have sent one that leads outside.
  if (found.kind === 'folder')
    return copyFolder(way, found, source, target, await way.to.look(target, 'as-they-are'))
  if (found.kind === 'other') {
    way.onSkipped(source)
    return
  }
  const draft = posix.join(posix.dirname(target), `.distrolab-${randomUUID()}`)
  way.signal.throwIfAborted()
  way.drafts.add(draft)
  try {
    await makeDraft(way, found, source, draft)
    await way.to.replace(draft, target)
    way.onCopied?.()
  } catch (error) {
    await way.to.remove(draft)
    throw named(error, draft, target)
  } finally {
    way.drafts.delete(draft)
  }
}

/** No one knows the draft. */
function named(error: unknown, draft: string, target: string): unknown {
  if (!(error instanceof Error) || !error.message.includes(draft)) return error
  return new Error(error.message.replaceAll(draft, target), { cause: error })
}

async function makeDraft(way: Way, look: Look, source: string, draft: string): Promise<void> {
  if (look.kind === 'link') return way.to.makeLink(await way.from.readLink(source), draft)
  await way.to.makeFile(draft)
  // The caller that gave up has removed it by now: it must not come back.
  way.signal.throwIfAborted()
  await way.send(source, draft)
  await way.to.setLook(draft, look)
}

const DRAFT = /^\.distrolab-[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** Removes what a killed copy has left in a folder. */
async function removeOldDrafts({ to, others }: Way, folder: string): Promise<void> {
  if (others === 'anybody') return
  // A folder that its owner cannot list may still be writable.
  const names = await to.list(folder).catch((): readonly string[] => [])
  for (const name of names) if (DRAFT.test(name)) await to.remove(posix.join(folder, name))
}

/** `there`: what is at `target`; if that is not a folder, making one reports the problem. */
async function copyFolder(
  way: Way,
  look: Look,
  source: string,
  target: string,
  there: Look | undefined,
): Promise<void> {
  const isNew = there?.kind !== 'folder'
  if (isNew) await way.to.makeFolder(target)
  else await removeOldDrafts(way, target)
  for (const name of await way.from.list(source)) {
    const path = posix.join(source, name)
    if (way.isExcluded?.(path) === true) continue
    const found = await way.from.look(path, 'as-they-are')
    if (found !== undefined) await copyEntry(way, found, path, posix.join(target, name))
  }
  // Last, because a folder that its owner cannot write to could not be filled.
  if (isNew) await way.to.setLook(target, look)
}
