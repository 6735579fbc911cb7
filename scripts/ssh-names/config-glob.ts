import { readdir } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { systemErrorOf } from '../../backend/system-error.js'

/**
 * The paths that a pattern of `Include` may mean, in glob(7)'s order. A set such as `[ab]` counts as any one
 * character.
 */
export async function pathsOf(pattern: string): Promise<readonly string[]> {
  if (!isAbsolute(pattern)) return []
  let found: readonly string[] = ['/']
  for (const part of pattern.split('/').filter((each) => each !== '')) {
    const next = await Promise.all(found.map((folder) => matchesIn(folder, part)))
    found = next.flat()
  }
  return found
}

async function matchesIn(folder: string, part: string): Promise<readonly string[]> {
  if (!/[*?[]/.test(part)) return [join(folder, part)]
  const names = await readdir(folder).catch(noneIfUnreadable)
  const expression = expressionOf(part)
  return names
    .filter((name) => expression.test(name) && (part.startsWith('.') || !name.startsWith('.')))
    .sort()
    .map((name) => join(folder, name))
}

function noneIfUnreadable(error: unknown): string[] {
  if (systemErrorOf(error) === undefined) throw error
  return []
}

function expressionOf(part: string): RegExp {
  const source = part.replaceAll(/\\[^]|\[[!^]?\]?[^\]]*\]|[^]/g, (token) => {
    if (token === '*') return '[^]*'
    if (token === '?' || token.length > 2) return '[^]'
    return token.slice(-1).replace(/[\\^$.*+?()[\]{}|]/, '\\$&')
  })
  return new RegExp(`^${source}$`)
}
