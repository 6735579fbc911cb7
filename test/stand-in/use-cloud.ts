import { afterAll, afterEach } from '@jest/globals'
import { trust } from './trust.js'

interface Cloud {
  readonly env: Readonly<Record<string, string>>
  /** Of one that speaks TLS. */
  readonly certificate?: { readonly certificate: string }
  obey(): void
  stop(): Promise<void>
}

/** A stand-in within this process, for the tests of a file: it obeys again after each of them. */
export async function useCloud<C extends Cloud>(starting: Promise<C>): Promise<C> {
  const cloud = await starting
  afterEach(() => cloud.obey())
  afterAll(() => cloud.stop())
  return cloud
}

/** As `useCloud`, for tests that themselves ask it: their environment is that of its users. */
export async function useCloudHere<C extends Cloud>(starting: Promise<C>): Promise<C> {
  const cloud = await useCloud(starting)
  const before = { ...process.env }
  const distrust = cloud.certificate === undefined ? undefined : trust(cloud.certificate.certificate)
  process.env = { ...before, ...cloud.env }
  afterAll(() => {
    process.env = before
    distrust?.()
  })
  return cloud
}
