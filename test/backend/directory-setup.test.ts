import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { directoryLocation } from '../../backend/location.js'
import { openSetup } from '../../backend/open-setup.js'
import { faultOf, temporaryFolder } from '../support/backend/support.js'

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8)

describe('the folder of a directory backend', () => {
  test("is made with all above it, its owner's alone, and found the second time", async () => {
    const path = join(await temporaryFolder(), 'team', 'labs')
    const setup = await openSetup(directoryLocation(path))
    expect(await setup.visibility()).toEqual({ open: [], blocked: [], untold: [] })
    expect(await setup.make()).toBe('made')
    expect(await modeOf(path)).toBe('700')
    expect(await setup.make()).toBe('found')
    expect(await setup.visibility()).toEqual({ open: [], blocked: [], untold: [] })
    expect(await setup.identity()).toBe(userInfo().username)
  })

  test('keeps the mode it has, and that everybody can look into it is told', async () => {
    const path = await temporaryFolder()
    await chmod(path, 0o2775)
    const setup = await openSetup(directoryLocation(path))
    expect(await setup.make()).toBe('found')
    expect(await setup.visibility()).toMatchObject({ open: ['mode 2775'] })
    expect(await modeOf(path)).toBe('775')
    await chmod(path, 0o2770)
    expect(await setup.visibility()).toMatchObject({ open: [] })
  })

  test('cannot be made below a file', async () => {
    const file = join(await temporaryFolder(), 'file')
    await writeFile(file, '')
    const setup = await openSetup(directoryLocation(join(file, 'labs')))
    expect(await faultOf(setup.make())).toMatchObject({ code: 'store-unwritable', place: join(file, 'labs') })
  })

  test('cannot be a file', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'a'))
    await writeFile(join(folder, 'a', 'file'), '')
    const setup = await openSetup(directoryLocation(join(folder, 'a', 'file')))
    expect(await faultOf(setup.make())).toMatchObject({ code: 'store-unwritable' })
  })
})
