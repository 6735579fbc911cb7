import { randomUUID } from 'node:crypto'
import { describe, expect, jest, test } from '@jest/globals'
import { openStore } from '../../../backend/open-store.js'
import type { BackendView } from '../../../scripts/setup/backend-show.js'
import { obtained, programs } from '../../services/programs.js'
import { backendCli, useBuckets, useProxies } from '../../support/labs/backend-cli.js'

jest.setTimeout(120_000)
const bucketOn = useBuckets()
const proxyBefore = useProxies()

describe('backend show', () => {
  test.each([
    ['moto', 'If-None-Match and If-Match', '1.10.0'],
    ['versitygw', 'If-None-Match and If-Match', '1.10.0'],
    ['gcs', 'ifGenerationMatch', '1.6.0'],
  ] as const)(
    'tells how labs on %s are locked, by which engine, and how many there are',
    async (server, lease, minimum) => {
      const location = { ...bucketOn(server).location, prefix: randomUUID() }
      const tofu = await obtained(programs.tofu)
      const variables = { ...bucketOn(server).env, DISTROLAB_TOFU: tofu }
      await (await openStore(location)).create('labs/broken/record.json', 'no JSON')
      const show = (await backendCli(location, variables, 'show', '-o', 'json')).json<BackendView>()
      expect(show).toMatchObject({
        kind: location.kind,
        url: expect.stringContaining(location.prefix),
        engine: { minimum, found: { version: '1.12.6', path: tofu } },
        lock: { lease, conditions: 'proven' },
        labs: { living: 0, destroyed: 0, unreadable: 1 },
      })
      const { stdout } = await backendCli(location, variables, 'show')
      for (const words of [
        lease,
        'tested on this server',
        `at least ${minimum}`,
        '0 living, 1 with an unreadable record',
      ])
        expect(stdout).toContain(words)
    },
  )

  test('says which engine is missing, and goes on', async () => {
    const show = await backendCli(bucketOn('moto').location, bucketOn('moto').env, 'show')
    expect(show.code).toBe(0)
    expect(show.stdout).toMatch(/no OpenTofu 1\.10\.0 or newer was found; .* is 1\.6\.2/)
  })

  test.each(['moto', 'gcs'] as const)(
    'refuses a server that ignores the conditions of writes, as backend init does (%s)',
    async (server) => {
      const proxy = await proxyBefore(bucketOn(server))
      proxy.rewrite((seen) => {
        const { 'if-none-match': _none, 'if-match': _match, ...headers } = seen.headers
        return { ...seen, headers, url: seen.url.replace(/&?ifGenerationMatch=\d+/, '') }
      })
      const location = { ...bucketOn(server).location, prefix: randomUUID(), endpoint: proxy.url }
      for (const verb of ['show', 'init']) {
        const run = await backendCli(location, bucketOn(server).env, verb, '-o', 'json')
        expect(run.code).toBe(2)
        expect(run.json()).toMatchObject({ error: { code: 'store-no-conditions' } })
      }
    },
  )
})
