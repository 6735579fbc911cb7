import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { checkAzureCredentials } from '../../../scripts/clouds/azure-credentials.js'
import { faultOf, temporaryFolder } from '../support.js'

const homeWith = async (file: string): Promise<string> => {
  const home = temporaryFolder()
  await mkdir(dirname(join(home, file)), { recursive: true })
  await writeFile(join(home, file), '{}')
  return home
}

const clouds = [
  {
    provider: 'azure',
    check: checkAzureCredentials,
    enough: ['ARM_CLIENT_ID', 'ARM_TENANT_ID', 'ARM_CLIENT_SECRET'],
    tooFew: ['ARM_CLIENT_ID', 'ARM_CLIENT_SECRET'],
    file: '.azure/azureProfile.json',
  },
] as const

describe.each(clouds)('credentials of $provider', ({ provider, check, enough, tooFew, file }) => {
  test('are found in the variables', async () => {
    await expect(check(new Set(enough), temporaryFolder())).resolves.toBeUndefined()
  })

  test("are found in what the cloud's own tool left", async () => {
    await expect(check(new Set(), await homeWith(file))).resolves.toBeUndefined()
  })

  test.each([[], tooFew])('are missing, and it is said where they were looked for', async (...names) => {
    const fault = await faultOf(() => check(new Set(names), temporaryFolder()))
    expect(fault).toMatchObject({ code: 'cloud-credentials-missing', provider })
    expect(fault).toMatchObject({ sought: expect.stringContaining(file) })
  })
})
