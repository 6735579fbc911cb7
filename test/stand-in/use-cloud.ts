import { afterAll, afterEach } from '@jest/globals'
import { trust } from './trust.js'

interface Cloud {
  readonly env: Readonly<Record<string, string>>
  /** Of a stand-in that speaks TLS. */
  readonly certificate?: { readonly certificate: string }
  obey(): void
  stop(): Promise<void>
}

/** A stand-in in this process, for the tests of a file; after each test it answers normally again. */
export async function useCloud<C extends Cloud>(starting: Promise<C>): Promise<C> {
  const cloud = await starting
  afterEach(() => cloud.obey())
  afterAll(() => cloud.stop())
  return cloud
}

/** Like `useCloud`, for tests that themselves send requests: their environment is that of its users. */
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
