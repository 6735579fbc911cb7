import { expect, test } from '@jest/globals'
import { endOfLifeNotice } from '../../distro-catalog/end-of-life.js'
import { loadCatalog } from '../../distro-catalog/load.js'
import type { Context } from '../../scripts/context.js'
import { sayEndOfLife } from '../../scripts/lab/end-of-life.js'

const { distros } = await loadCatalog()
const noticeOf = (name: string, day: string): string | undefined => {
  const distro = distros.get(name)
  if (distro === undefined) throw new Error(`no ${name}`)
  return endOfLifeNotice(distro, distros.values(), new Date(`${day}T12:00:00Z`))
}

test('the end of a distro is told of from sixty days before on', () => {
  expect(noticeOf('fedora-43', '2026-10-10')).toBeUndefined()
  expect(noticeOf('fedora-43', '2026-10-11')).toBe(
    'Fedora 43 Cloud gets free updates until 2026-12-09. Still maintained: fedora-44.',
  )
  expect(noticeOf('fedora-43', '2026-12-09')).toMatch(/until 2026-12-09/)
  expect(noticeOf('fedora-43', '2026-12-10')).toMatch(/has had no free updates since 2026-12-09/)
})

test('a rolling distro has no end', () => {
  expect(noticeOf('arch', '2099-01-01')).toBeUndefined()
})

test('up says so in one line, and nothing of a distro that goes on', async () => {
  const said: string[] = []
  const catalog = await loadCatalog()
  const context = {
    catalog: () => Promise.resolve(catalog),
    progress: { say: (text: string) => said.push(text) },
  }
  for (const name of ['fedora-43', 'debian-13']) {
    const distro = distros.get(name)
    if (distro !== undefined)
      await sayEndOfLife(context as unknown as Context, distro, new Date('2026-12-01'))
  }
  expect(said).toEqual(['Fedora 43 Cloud gets free updates until 2026-12-09. Still maintained: fedora-44.'])
})
