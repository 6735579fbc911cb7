import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { SmallDisk } from '../../stand-in/small-disk.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { testWithDisk } from '../../suite/lacking.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(60_000)
const makeSandbox = useSandboxes()

const reserveOf = (box: Sandbox): string => join(box.home, '.reserve')
const isKept = (box: Sandbox): boolean => existsSync(reserveOf(box))

describe('on a disk that is full to the last byte', () => {
  testWithDisk('down destroys a lab and verifies it', async () => {
    const box = await makeSandbox()
    await SmallDisk.under(box, 48, async (disk) => {
      await box.up('--profile', LAB)
      disk.fill()
      expect(disk.free).toBe(0)
      const down = await box.run(['down', LAB, '-o', 'json'])
      expect(down).toMatchObject({ code: 0 })
      expect(down.json()).toMatchObject({ state: 'destroyed', verified: true })
      expect(await box.state(LAB)).toBe('destroyed')
      expect(await box.traces()).toEqual([])
    })
  })

  testWithDisk(
    'cleanup destroys labs whose work folders are lost, and reap one that has expired',
    async () => {
      const box = await makeSandbox()
      await SmallDisk.under(box, 48, async (disk) => {
        for (const name of ['a', 'b', 'expired'])
          await box.ok('up', '--profile', LAB, '--name', name, '--wait', 'none')
        await box.ok('extend', 'expired', '--ttl', '1ms')
        await box.forgetWork()
        disk.fill()
        expect(await box.run(['reap'])).toMatchObject({ code: 0 })
        expect(await box.state('expired')).toBe('destroyed')
        expect(await box.run(['cleanup', '-y'])).toMatchObject({ code: 0 })
        expect(await box.traces()).toEqual([])
      })
    },
  )
})

test('the reserve is real, is let go of by down and comes back', async () => {
  const box = await makeSandbox()
  await box.ok('up', '--profile', LAB, '--wait', 'none')
  const { size, blocks } = statSync(reserveOf(box))
  expect(blocks * 512).toBeGreaterThanOrEqual(size)
  await box.ok('down', LAB)
  expect(isKept(box)).toBe(true)
})
