import { describe, test } from '@jest/globals'
import type { ProviderMirror } from '../services/aws-provider.js'
import { canMount } from '../stand-in/small-disk.js'
import { skippedTitle } from './file-result.js'

/** As `describe`, for tests with a cloud's real provider: without one they are skipped, with the reason in the run's table. */
export const describeWith =
  (provider: ProviderMirror | undefined, name: ProviderName) => (title: string, body: () => void) =>
    provider === undefined ? describe.skip(skippedTitle(title, reasonFor(name)), body) : describe(title, body)

/** As `test`, likewise. */
export const testWith =
  (provider: ProviderMirror | undefined, name: ProviderName) =>
  (title: string, body: () => Promise<void>, timeoutMs?: number) =>
    provider === undefined
      ? test.skip(skippedTitle(title, reasonFor(name)), body, timeoutMs)
      : test(title, body, timeoutMs)

/** As `test`, for what only shows on a full disk: a small one is mounted for it. */
export const testWithDisk = (title: string, body: () => Promise<void>): void =>
  canMount() ? test(title, body) : test.skip(skippedTitle(title, 'only root may mount a disk here'), body)

type ProviderName = 'aws' | 'google' | 'azurerm'

const reasonFor = (name: ProviderName): string =>
  `OpenTofu's provider ${name} is not on this computer; ${name === 'aws' ? 'node dist/test/services/obtain.js' : `npm run obtain:providers -- ${name}`} obtains it`
