import { expect, jest, test } from '@jest/globals'
import { useSandboxes } from '../../stand-in/sandbox.js'

jest.setTimeout(180_000)
const makeSandbox = useSandboxes()

test('labs of the worst names live from up to down, and leave nothing', async () => {
  const box = await makeSandbox()
  const names = ['constructor', 'machines', 'null', 'help', `a${'-'.repeat(38)}b`]
  for (const name of names) {
    await box.ok('up', '--profile', 'debian-local', '--name', name)
    const said = await box.ok('exec', name, '--', 'echo', name)
    expect(said.stdout).toBe(`${name}\n`)
  }
  const listed = (await box.ok('list', '-o', 'json')).json<{ lab: string }[]>()
  expect(listed.map(({ lab }) => lab)).toEqual([...names].sort())
  for (const name of names) await box.ok('down', name)
  expect(await box.traces()).toEqual([])
  expect(await box.folders('machines')).toEqual([])
})
