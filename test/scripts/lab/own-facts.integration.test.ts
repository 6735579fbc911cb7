import { expect, jest, test } from '@jest/globals'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKeyPair } from '../../../scripts/machine/key-pair.js'
import { withoutComment } from '../../../scripts/machine/public-key.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()

const knownHosts = async (box: Sandbox): Promise<string> => {
  const file = (await box.files('keys')).find((name) => name.endsWith('known_hosts')) ?? ''
  return readFile(join(box.home, file), 'utf8')
}

test('a record that names another folder or host key stops every command, and nothing is touched', async () => {
  const box = await makeSandbox()
  const { folder } = await box.up('--profile', LAB)
  const { machines } = await box.record(LAB)
  const documents = join(box.root, 'documents')
  await mkdir(documents)
  await writeFile(join(documents, 'letter'), 'dear')
  const config = await knownHosts(box)

  const edits = [
    ['place', documents],
    ['hostKey', withoutComment(generateKeyPair('x').public)],
  ] as const
  for (const [field, value] of edits) {
    await box.editRecord(LAB, { machines: machines.map((machine) => ({ ...machine, [field]: value })) })
    for (const line of [
      ['up', LAB],
      ['exec', LAB, '--', 'true'],
      ['ssh', LAB, '--', 'true'],
      ['down', LAB],
    ]) {
      const run = await box.run(line)
      expect([line[0], run.code, run.stderr]).toEqual([
        line[0],
        1,
        expect.stringContaining(`machines.main.${field}: expected`),
      ])
    }
    expect((await box.run(['list'])).code).toBe(0)
    expect((await box.run(['recover', LAB])).stdout).toContain(`machines.main.${field} expected`)
  }
  expect(await readFile(join(documents, 'letter'), 'utf8')).toBe('dear')
  expect(await knownHosts(box)).toBe(config)

  await box.editRecord(LAB, { machines })
  expect(box.machines()).toMatchObject([{ folder }])
  await box.ok('down', LAB)
  expect(await box.traces()).toEqual([])
})
