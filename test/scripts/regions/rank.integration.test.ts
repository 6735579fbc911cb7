import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { isCloud } from '../../../distro-catalog/cloud.js'
import { loadCatalog, loadRegions } from '../../../distro-catalog/load.js'
import type { CloudProvider } from '../../../distro-catalog/provider.js'
import type { RegionQuestion } from '../../../distro-catalog/rank-regions.js'
import type { Regions } from '../../../distro-catalog/region-schema.js'
import { resolveDistro, resolveOffer } from '../../../distro-catalog/resolve.js'
import { LabError } from '../../../scripts/errors.js'
import { measureRoundTrips } from '../../../scripts/regions/measure.js'
import { parseMeasurement, rankFor } from '../../../scripts/regions/rank.js'
import { roundTripsFile } from '../../../scripts/workspace.js'
import { errorOf, faultOf, temporaryFolder } from '../../support/cli/support.js'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping`
}

const answering =
  (status = 200, onRequest: () => void = () => undefined): RequestListener =>
  (_request, response) => {
    onRequest()
    response.writeHead(status).end('pong')
  }
const silent: RequestListener = () => undefined
const never = new AbortController().signal

describe('measureRoundTrips', () => {
  test('asks every region twice and keeps what answers, whatever the status', async () => {
    let requests = 0
    const count = () => requests++
    const probes = [
      { region: 'one', url: await listen(answering(200, count)) },
      { region: 'two', url: await listen(answering(403, count)) },
    ]
    const measured = await measureRoundTrips(probes, { capMs: 30_000, signal: never, proxied: false })
    expect(Object.keys(measured)).toEqual(['one', 'two'])
    expect(requests).toBe(4)
  })

  test('ends at the cap without those that do not answer', async () => {
    const probes = [
      { region: 'silent', url: await listen(silent) },
      { region: 'refused', url: 'http://127.0.0.1:9/ping' },
      { region: 'nameless', url: 'http://region.invalid/ping' },
    ]
    expect(await measureRoundTrips(probes, { capMs: 200, signal: never, proxied: false })).toEqual({})
  })

  test('ends at once when the command is interrupted', async () => {
    const controller = new AbortController()
    const probes = [{ region: 'silent', url: await listen(() => controller.abort(interrupted)) }]
    const interrupted = new LabError({ code: 'interrupted', signal: 'SIGINT' })
    const measuring = measureRoundTrips(probes, { capMs: 600_000, signal: controller.signal, proxied: false })
    expect(await errorOf(measuring)).toBe(interrupted)
  })
})

describe('rankFor', () => {
  let provider: CloudProvider
  let shipped: Regions
  beforeAll(async () => {
    const found = (await loadCatalog()).providers.get('aws')
    if (found === undefined || !isCloud(found)) throw new Error('aws is a cloud')
    provider = found
    shipped = await loadRegions('aws')
  })
  const contextIn = (cache: string) => ({
    space: { home: cache, cache, backendId: '0a1b2c3d' },
    env: { proxied: false },
    interrupt: { signal: never, dispose: () => undefined } as never,
  })
  const questionWith = (probes: Readonly<Record<string, string>>): RegionQuestion => {
    const named = shipped.regions.filter(({ name }) => Object.hasOwn(probes, name))
    const regions = named.map((region) => ({ ...region, probe: probes[region.name] ?? '' }))
    return { provider, regions: { ...shipped, regions }, instanceType: 't3.medium', allowed: [] }
  }
  const regionsOf = (ranking: Awaited<ReturnType<typeof rankFor>>): string[] =>
    ranking.regions.map(({ region }) => region)

  test('measures once a day, and again when asked to', async () => {
    const cache = temporaryFolder()
    let requests = 0
    const url = await listen(answering(200, () => requests++))
    const question = questionWith({ 'us-east-1': url })
    const first = await rankFor(contextIn(cache), question, 'measure')
    expect(first.regions[0]).toMatchObject({ region: 'us-east-1', roundTripMs: expect.any(Number) })
    expect(requests).toBe(2)
    const second = await rankFor(contextIn(cache), question, 'measure')
    expect([second, requests]).toEqual([first, 2])
    await rankFor(contextIn(cache), question, 'anew')
    expect(requests).toBe(4)
  })

  test('does not take what was measured more than a day ago, or in the future', async () => {
    const cache = temporaryFolder()
    const url = await listen(answering())
    const file = roundTripsFile({ cache }, 'aws')
    await mkdir(dirname(file), { recursive: true })
    for (const hours of [25, -1]) {
      const measuredAt = new Date(Date.now() - hours * 3_600_000).toISOString()
      await writeFile(file, JSON.stringify({ measuredAt, roundTripsMs: { 'us-east-1': 12_345 } }))
      const ranking = await rankFor(contextIn(cache), questionWith({ 'us-east-1': url }), 'measure')
      expect(ranking.regions[0]?.roundTripMs).not.toBe(12_345)
      expect(await readFile(file, 'utf8')).not.toContain('12345')
    }
  })

  test('takes a cache that is damaged for none', async () => {
    const cache = temporaryFolder()
    const url = await listen(answering())
    const file = roundTripsFile({ cache }, 'aws')
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, '{"measuredAt": "2026-')
    const ranking = await rankFor(contextIn(cache), questionWith({ 'us-east-1': url }), 'measure')
    expect(ranking.measuredAt).not.toBeNull()
    expect(parseMeasurement(await readFile(file, 'utf8'))).toBeDefined()
  })

  test('without a network is in the order of price, and remembers nothing', async () => {
    const cache = temporaryFolder()
    const unreachable = 'http://127.0.0.1:9/ping'
    const question = questionWith({ 'eu-central-1': unreachable, 'us-east-1': unreachable })
    const ranking = await rankFor(contextIn(cache), question, 'measure')
    expect(ranking.measuredAt).toBeNull()
    expect(regionsOf(ranking)).toEqual(['us-east-1', 'eu-central-1'])
    await expect(readFile(roundTripsFile({ cache }, 'aws'))).rejects.toThrow('ENOENT')
  })

  test('asks no network when only what is known counts', async () => {
    const url = await listen(() => {
      throw new Error('asked')
    })
    const ranking = await rankFor(contextIn(temporaryFolder()), questionWith({ 'us-east-1': url }), 'known')
    expect(ranking).toMatchObject({ measuredAt: null, regions: [{ region: 'us-east-1', roundTripMs: null }] })
  })

  test('says why when no region will do', async () => {
    const question = { ...questionWith({ 'us-east-1': 'http://127.0.0.1:9' }), allowed: ['us-east-1'] }
    const rocky = resolveOffer(resolveDistro(await loadCatalog(), 'rocky'), 'aws')
    const offer = { ...rocky, regions: ['eu-west-1'] }
    const context = contextIn(temporaryFolder())
    const fault = await faultOf(rankFor(context, { ...question, offer }, 'known')).catch(
      (error: unknown) => (error as { fault: unknown }).fault,
    )
    expect(fault).toEqual({
      code: 'no-region',
      provider: 'aws',
      instanceType: 't3.medium',
      leftOut: [{ region: 'us-east-1', reason: 'the image is not there' }],
    })
  })
})
