import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readSource, sourcePath } from '../support/cli/support.js'
import { anchorsIn, linksIn, pagesWithLinks } from '../support/docs/links.js'

/** What is wrong with a link of `page`; nothing for one that leads somewhere, or out of the repository. */
async function troubleOf(page: string, link: string): Promise<string | undefined> {
  if (/^[a-z][a-z+.-]*:/.test(link)) return undefined
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : posix.join(posix.dirname(page), decodeURIComponent(path))
  if (target.startsWith('../') || !existsSync(sourcePath(target))) return `${link}: there is no ${target}`
  if (anchor === undefined) return undefined
  const anchors = anchorsIn(await readSource(target))
  return anchors.has(anchor) ? undefined : `${link}: ${target} has no heading of that name`
}

test.each(pagesWithLinks())('every link in %s leads to a file, and to a heading in it', async (page) => {
  const links = linksIn(await readSource(page))
  const troubles = await Promise.all(links.map((link) => troubleOf(page, link)))
  expect(troubles.filter((trouble) => trouble !== undefined)).toEqual([])
})

describe('the check of links', () => {
  test('sees links in text, in tables, with titles and by reference, and none in code', () => {
    const text = [
      'A [page](a.md), an ![image](b.png "title") and [`code`](c.md#d).',
      '| [cell](e.md) | [x][ref] |',
      '[ref]: f.md',
      '`[not](g.md)`',
      '```md\n[not](h.md)\n```',
      '<!-- [not](i.md) -->',
    ].join('\n')
    expect(linksIn(text)).toEqual(['a.md', 'b.png', 'c.md#d', 'e.md', 'f.md'])
  })

  test('knows the anchors that GitHub gives', () => {
    const text = [
      '# A lock that OpenTofu left behind',
      '## `lease-held`',
      "### OpenTofu's state can't be read",
      '## Same',
      '## Same',
      '## A [link](a.md) in it',
      '```sh\n# no heading\n```',
    ].join('\n')
    expect([...anchorsIn(text)]).toEqual([
      'a-lock-that-opentofu-left-behind',
      'lease-held',
      'opentofus-state-cant-be-read',
      'same',
      'same-1',
      'a-link-in-it',
    ])
  })

  test.each([
    ['docs/nosuch.md', 'there is no docs/nosuch.md'],
    ['docs/backends.md#nosuch', 'has no heading'],
    ['#nosuch', 'has no heading'],
    ['../outside.md', 'there is no'],
  ])('finds that %s leads nowhere', async (link, trouble) => {
    expect(await troubleOf('README.md', link)).toContain(trouble)
  })

  test.each([
    'https://opentofu.org/docs',
    'mailto:anna@example.org',
    'docs',
    '#more',
    'docs/architecture.md#states',
  ])('accepts %s', async (link) => {
    expect(await troubleOf('README.md', link)).toBeUndefined()
  })
})
