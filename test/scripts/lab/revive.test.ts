import { expect, test } from '@jest/globals'
import type { AnyLab } from '../../../backend/lab.js'
import type { Work } from '../../../scripts/lab/work.js'
import { reviveOf } from '../../../scripts/lab/revive.js'

const workWith = (hooks: object): Work => ({ plan: { hooks }, session: {} }) as unknown as Work
const revival = { panicOf: async () => undefined, restart: async () => undefined }
const lab = (state: string): AnyLab => ({ state }) as AnyLab
const silent = (): void => undefined

test('a machine that a reset brought back is not started anew: it would not be at its baseline', () => {
  expect(reviveOf(workWith({ revival }), lab('resetting'), silent)).toBeUndefined()
  expect(reviveOf(workWith({ revival }), lab('configuring'), silent)).toBeDefined()
})

test('a provider that can not tell a dead guest from a slow one is only waited for', () => {
  expect(reviveOf(workWith({}), lab('configuring'), silent)).toBeUndefined()
})
