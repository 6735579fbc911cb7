import { mkdir, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { assertOwnProviders } from '../../../scripts/engine/installed.js'
import { engineProviders } from '../../../stacks/registry.js'
import { faultOf, temporaryFolder } from '../../support/cli/support.js'

const { aws, local } = engineProviders

/** As `init` leaves a folder: each provider a link into a cache. */
async function folderWith(...sources: readonly string[]): Promise<string> {
  const folder = temporaryFolder()
  for (const source of sources) {
    const place = join(folder, '.terraform/providers', source, '1.0.0/linux_amd64')
    await mkdir(dirname(place), { recursive: true })
    await symlink('/nosuch', place)
  }
  return folder
}

test("the lab's own provider may be there, or none", async () => {
  await assertOwnProviders(await folderWith(aws.source), aws)
  await assertOwnProviders(await folderWith(), aws)
  await assertOwnProviders(await folderWith(), local)
})

test('every other one is named', async () => {
  const other = 'registry.opentofu.org/hashicorp/null'
  const folder = await folderWith(aws.source, other)
  const place = join(folder, '.terraform/providers')
  expect(await faultOf(assertOwnProviders(folder, aws))).toEqual({
    code: 'provider-refused',
    place,
    providers: [other],
  })
})

test('a lab on this computer has none', async () => {
  expect(await faultOf(assertOwnProviders(await folderWith(aws.source), local))).toMatchObject({
    providers: [aws.source],
  })
})
