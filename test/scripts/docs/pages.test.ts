import { beforeAll, describe, expect, test } from '@jest/globals'
import { docsCommand } from '../../../scripts/commands/docs.js'
import type { Outcome } from '../../../scripts/command.js'
import type { Context } from '../../../scripts/context.js'
import { findPage, linkPages, readPages, type Page } from '../../../scripts/docs/pages.js'
import { readEnvironment } from '../../../scripts/env.js'
import { faultOf, readSource } from '../../support/cli/support.js'

let pages: readonly Page[]
beforeAll(async () => {
  pages = await readPages()
})

/** What the command uses of a context. */
const contextOf = (viaNpm: boolean): Context =>
  ({ env: { ...readEnvironment({}), viaNpm } }) as unknown as Context
const print = (page: string | undefined, viaNpm = false): Promise<Outcome> =>
  docsCommand.run(contextOf(viaNpm), { lab: undefined, words: [], flags: { page } })

describe('the pages', () => {
  test('are the runbooks, the pages for users, and the policies', () => {
    const names = pages.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(
      expect.arrayContaining([
        ...['stuck-state', 'backends', 'custom-os-installation', 'aws', 'google', 'azure'],
        ...['aws-policy', 'google-role', 's3-init', 'distro-catalog'],
      ]),
    )
  })

  test('each have a title, and no two the same', () => {
    for (const { title, path } of pages) expect(title).not.toBe(path)
    expect(new Set(pages.map(({ title }) => title)).size).toBe(pages.length)
  })

  test('are found by their name, and by that of their file', () => {
    const page = findPage(pages, 'stuck-state')
    expect(page.path).toBe('docs/runbooks/stuck-state.md')
    for (const given of ['stuck-state.md', 'docs/runbooks/stuck-state.md'])
      expect(findPage(pages, given)).toBe(page)
  })

  test.each([
    ['stuk-state', ['stuck-state']],
    ['awss', ['aws']],
    ['nosuchpage', []],
  ])('%s is none of them: %j', async (given, near) => {
    expect(await faultOf(() => findPage(pages, given))).toEqual({ code: 'page-unknown', given, near })
  })
})

describe('distrolab docs', () => {
  test('lists every page with its title', async () => {
    const { text = '', json } = await print(undefined)
    for (const { name } of pages) expect(text).toMatch(new RegExp(`^${name} +\\S`, 'm'))
    expect(text).toContain('A lab that is stuck in a state')
    expect(json).toEqual(pages.map(({ name, title, path }) => ({ name, title, path })))
  })

  test('prints a policy as it is', async () => {
    const { text = '' } = await print('aws-policy')
    expect(`${text}\n`).toBe(await readSource('docs/providers/aws-policy.json'))
  })

  test('prints the command for a page where a page has a link to it', async () => {
    expect((await print('stuck-state')).text).toMatch(/destroy by hand \(distrolab docs destroy-by-hand\)\.$/)
    expect((await print('stuck-state', true)).text).toContain('(npm run docs -- destroy-by-hand)')
    expect((await print('aws')).text).toContain('`aws-policy.json` (distrolab docs aws-policy)')
  })

  test('leaves other links, and all that is no Markdown, as they are', () => {
    const page: Page = { name: 'a', title: 'A', path: 'docs/a.md', text: '' }
    const printed = (text: string, path = page.path): string =>
      linkPages({ ...page, path, text }, pages, (command) => command)
    for (const text of ['[x](https://example.org/backends.md)', '[x](nosuch.md)', '[x](#here)'])
      expect(printed(text)).toBe(text)
    expect(printed('[x](backends.md#rights), [y](providers/aws.md)')).toBe(
      'x (distrolab docs backends), y (distrolab docs aws)',
    )
    expect(printed('["[x](backends.md)"]', 'docs/a.json')).toBe('["[x](backends.md)"]')
  })
})
