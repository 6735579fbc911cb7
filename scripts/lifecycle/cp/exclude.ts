import { posix } from 'node:path'

/**
 * Whether a path below `root` is left out. A pattern without a slash is for names at any depth; one with a
 * slash is for paths from `root`. `*` and `?` stand for anything but a slash, `**` for anything.
 */
export function exclusion(root: string, patterns: readonly string[]): (path: string) => boolean {
  const tests = patterns.map((pattern) => {
    const wanted = pattern.replace(/^\/+|\/+$/g, '')
    const isPath = pattern.replace(/\/+$/, '').includes('/')
    return { isPath, form: new RegExp(`^${formOf(wanted)}$`, 'su') }
  })
  return (path) => {
    const below = posix.relative(root, path)
    const name = posix.basename(path)
    return tests.some(({ isPath, form }) => form.test(isPath ? below : name))
  }
}

const SIGNS: Readonly<Record<string, string>> = { '**': '.*', '*': '[^/]*', '?': '[^/]' }

const formOf = (pattern: string): string =>
  pattern
    .split(/(\*\*|[*?])/)
    .map((part) => SIGNS[part] ?? part.replaceAll(/[\\^$.|+()[\]{}/]/g, '\\$&'))
    .join('')
