import { mkdir, readdir, symlink, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { withGuard } from '../../backend/guard.js'
import { currentProcess, isFromEarlierBoot, livenessOf } from '../../backend/process-identity.js'
import { faultOf, temporaryFolder } from '../support/backend/support.js'

const options = { timeoutMs: 5000 }
const dead = { id: 'dead-one', ...currentProcess(), startTime: '1' }

describe('a guard left by a dead process', () => {
  test('is not cleared a second time when a living one has taken its place', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, '.k.guard')
    await symlink(JSON.stringify(dead), path)
    const log: string[] = []
    let waiter: Promise<void> | undefined
    let living: Promise<void> | undefined
    await withGuard(`${path}.${dead.id}`, options, async () => {
      waiter = withGuard(path, options, async () => void log.push('waiter in'))
      await sleep(50)
      await unlink(path)
      living = withGuard(path, options, async () => {
        log.push('living in')
        await sleep(200)
        log.push('living out')
      })
      await sleep(20)
    })
    await Promise.all([waiter, living])
    expect(log).toEqual(['living in', 'living out', 'waiter in'])
    expect(await readdir(folder)).toEqual([])
  })
})

describe('what is in the place of a guard and is none', () => {
  const holder = { ...dead, id: '/../../outside/x' }
  test.each([
    ['the id of a file somewhere else', JSON.stringify(holder)],
    ['a number of a process group', JSON.stringify({ ...dead, pid: -1 })],
    ['controls of the terminal', JSON.stringify({ ...dead, host: '\u001b[2J' })],
    ['no JSON', 'x'],
    ['null', 'null'],
  ])('is refused by name: %s', async (_what, target) => {
    const root = await temporaryFolder()
    const path = join(root, 'labs', '.k.guard')
    await mkdir(join(root, 'labs'))
    await symlink(target, path)
    const refusal = { code: 'file-refused', place: path, found: 'guard' }
    expect(await faultOf(withGuard(path, options, async () => undefined))).toEqual(refusal)
    expect(await readdir(root)).toEqual(['labs'])
  })

  test('is refused by name: a file', async () => {
    const path = join(await temporaryFolder(), '.k.guard')
    await writeFile(path, '')
    const refusal = { code: 'file-refused', place: path, found: 'guard' }
    expect(await faultOf(withGuard(path, options, async () => undefined))).toEqual(refusal)
  })
})

describe('the proof that a process is gone', () => {
  test('is given for a pid of this boot that now has another start time', () => {
    expect(livenessOf(currentProcess())).toBe('alive')
    expect(livenessOf(dead)).toBe('dead')
  })

  test('is never given for another computer, another boot, or where the system cannot tell', () => {
    for (const other of [{ host: 'x' }, { boot: 'x' }, { boot: '' }]) {
      expect(livenessOf({ ...dead, ...other })).toBe('unknown')
    }
  })

  test('is not given by an earlier boot of a computer that only bears our name', () => {
    const foreign = { ...currentProcess(), boot: 'other-boot/pid:[4026531836]/other-machine' }
    expect(isFromEarlierBoot(foreign)).toBe(false)
    expect(isFromEarlierBoot({ ...foreign, boot: 'other-boot/pid:[4026531836]' })).toBe(false)
    expect(isFromEarlierBoot(currentProcess())).toBe(false)
  })
})
