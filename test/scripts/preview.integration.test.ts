import { execFile } from 'node:child_process'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, jest, test } from '@jest/globals'
import { parse } from 'yaml'
import { readSource, sourcePath, temporaryFolder } from '../support/cli/support.js'

jest.setTimeout(120_000)
const run = promisify(execFile)

const CONFIG = `
labs:
  pair: { profile: debian-aws, machines: 'source,target:rocky-9', owner: anna }
  debian-13-local: { profile: debian-12-local }
`

interface Stack {
  readonly resource: Readonly<Record<string, Readonly<Record<string, object>>>>
}

/** As `cdktf` runs the app of cdktf.json, without any credentials. */
async function synthesise(folder: string): Promise<Record<string, string>> {
  const { app } = parse(await readSource('cdktf.json')) as { app: string }
  const [, program = ''] = app.split(' ')
  await writeFile(join(folder, 'distrolab.yaml'), CONFIG)
  const out = join(folder, 'out')
  const env = {
    PATH: process.env['PATH'],
    HOME: '/nowhere',
    DISTROLAB_HOME: '/nowhere/home',
    CDKTF_OUTDIR: out,
  }
  await run(process.execPath, [sourcePath(program)], { cwd: folder, env })
  const stacks = await readdir(join(out, 'stacks'))
  const texts = stacks.map(async (name) => [
    name,
    await readFile(join(out, 'stacks', name, 'cdk.tf.json'), 'utf8'),
  ])
  return Object.fromEntries(await Promise.all(texts)) as Record<string, string>
}

test('the app of cdktf has a stack of each profile on every provider and of each declared lab, always the same', async () => {
  const [stacks, again] = [await synthesise(temporaryFolder()), await synthesise(temporaryFolder())]
  expect(again).toEqual(stacks)
  const names = Object.keys(stacks)
  for (const provider of ['aws', 'azure', 'google', 'local'])
    expect(names).toContain(`lab-debian-13-${provider}`)
  expect(names.length).toBeGreaterThan(40)
  const { resource } = JSON.parse(stacks['lab-pair'] ?? '') as Stack
  expect(Object.keys(resource['aws_instance'] ?? {})).toEqual(['source', 'target'])
  // The declaration wins over the default lab of the profile with that name.
  expect(stacks['lab-debian-13-local']).toContain('debian-12')
})
