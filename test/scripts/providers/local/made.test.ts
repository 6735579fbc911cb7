import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Machine } from '../../../../backend/record-schema.js'
import { madeMachine } from '../../../../scripts/providers/local/made.js'

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGHwHSxsvjS8ylOkTfPehZXlcnTcu/8kiF9lzkJmJy59'

/** What the driver notes beside a machine decides which host key is pinned before the first contact. */
describe('what is known of a local machine that was just made', () => {
  let place = ''

  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'distrolab-made-'))
  })

  afterEach(() => rm(place, { recursive: true, force: true }))

  const made = async (warm: unknown) => {
    const meta = { id: 'distrolab-0a1b2c3d-web-main', imageId: 'sha256:aa', firmware: 'kernel', warm }
    await writeFile(join(place, 'machine.json'), JSON.stringify(meta))
    return madeMachine({ id: meta.id, place } as Machine)
  }

  test('is the host key that a clone was given', async () => {
    expect(await made({ key: 'a', macAddress: 'b', hostKey: KEY })).toEqual({ hostKey: KEY })
  })

  test('is nothing if the machine booted, or has not been made', async () => {
    expect(await made(undefined)).toEqual({})
    await rm(join(place, 'machine.json'))
    expect(await madeMachine({ id: 'distrolab-0a1b2c3d-web-main', place } as Machine)).toEqual({})
  })

  test('is why its warm image was discarded, in one line', async () => {
    const { remark } = await made({ refused: 'its files have changed since it was made' })
    expect(remark).toBe(
      'its warm image did not work and was discarded: its files have changed since it was made',
    )
  })

  test.each(['', 'ssh-ed25519 AAAA\n*', '@cert-authority * ssh-rsa AAAA', 7, null])(
    'is no host key of another form: %j',
    async (hostKey) => {
      expect(await made({ key: 'a', macAddress: 'b', hostKey })).toEqual({})
    },
  )
})
