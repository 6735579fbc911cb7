import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { anchorOf } from './reference/markdown.js'
import { root } from './reference/root.js'

/** The pages whose links are checked, from the package root. */
export const pagesWithLinks = (): string[] => [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true })
    .map((file) => `docs/${String(file)}`)
    .filter((file) => file.endsWith('.md'))
    .sort(),
]

/** What Markdown does not read as Markdown: code, and what is commented out. */
const withoutCode = (text: string): string =>
  text
    .replaceAll(/^( *)(```+|~~~+)[^]*?^ *\2 *$/gm, '')
    .replaceAll(/<!--[^]*?-->/g, '')
    .replaceAll(/(`+)[^`\n]+?\1/g, (inline) => inline.replaceAll(/[[\]()]/g, ' '))

/** The targets of its links and images, as they are written. */
export function linksIn(text: string): string[] {
  const shown = withoutCode(text)
  const inline = [...shown.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+["'][^)]*)?\)/g)]
  const named = [...shown.matchAll(/^ {0,3}\[[^\]]+\]:\s+<?([^\s>]+)/gm)]
  return [...inline, ...named].map(([, target = '']) => target)
}

/** The anchors of a page, as GitHub gives them: a second heading of the same words gets `-1`. */
export function anchorsIn(text: string): Set<string> {
  const seen = new Map<string, number>()
  const shown = text.replaceAll(/^( *)(```+|~~~+)[^]*?^ *\2 *$/gm, '')
  const anchors = [...shown.matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading = '']) => {
    const anchor = anchorOf(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'))
    const times = seen.get(anchor) ?? 0
    seen.set(anchor, times + 1)
    return times === 0 ? anchor : `${anchor}-${times}`
  })
  return new Set(anchors)
}
