import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { openStore } from '../../../backend/open-store.js'
import { bucketServers, startMoto, withPrefix, type TestBucket } from '../../services/buckets.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { isStateWrite, ok, optionsFor, useBucket } from '../../support/labs/bucket-lab.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()

const erroredStates = async (box: Sandbox): Promise<string[]> =>
  (await readdir(join(box.cache, 'work'), { recursive: true }))
    .filter((path) => path.endsWith('/errored.tfstate'))
    .map((path) => join(box.cache, 'work', path))

async function storedState(location: TestBucket['location']): Promise<string> {
  const store = await openStore(location)
  const key = (await store.list(`labs/${LAB}/`)).find((found) => found.endsWith('.tfstate'))
  return (await store.get(key ?? ''))?.body ?? ''
}

interface State {
  readonly resources: readonly {
    readonly instances: readonly { readonly attributes: { readonly id: string } }[]
  }[]
}

const resourceIds = (state: string): string[] =>
  (JSON.parse(state) as State).resources.flatMap(({ instances }) =>
    instances.map(({ attributes }) => attributes.id),
  )

describe.each(bucketServers)('a lab of a bucket on %s', (_name, start) => {
  const at = useBucket(start)
  let location: TestBucket['location']
  let options: Awaited<ReturnType<typeof optionsFor>>
  beforeEach(async () => {
    at.proxy.plan(() => undefined)
    location = { ...withPrefix(at.bucket.location, randomUUID()), endpoint: at.proxy.url }
    options = await optionsFor(at.bucket, location)
  })

  test('is known on every computer, whole without any cache, and leaves nothing but its record', async () => {
    const [first, second] = [await makeSandbox(), await makeSandbox()]
    await ok(first, options, 'up', '--profile', LAB)
    expect(await ok(second, options, 'status', LAB)).toBe('ready\n')
    const list = await second.run(['list', '-o', 'json'], options)
    expect(list.json<{ lab: string }[]>()).toMatchObject([{ lab: LAB, state: 'ready' }])
    expect(list.stderr).toBe('')
    expect(await ok(first, options, 'exec', LAB, '--', 'echo', 'here')).toBe('here\n')
    await first.forgetWork()
    await ok(first, options, 'down', LAB)
    expect(await first.traces()).toEqual([])
    expect(await ok(second, options, 'status', LAB)).toBe('destroyed\n')
    expect(await first.files('labs')).toEqual([])
  })

  test('whose state could not be written has it put back by the next command', async () => {
    const box = await makeSandbox()
    // Not the empty state that comes first on GCS.
    at.proxy.plan((seen) =>
      isStateWrite(seen) && box.machines().length > 0 ? { status: 403, when: 'before' } : undefined,
    )
    const up = await box.run(['up', '--profile', LAB], options)
    expect(up.code).toBe(1)
    const [machine] = box.machines()
    const [errored] = await erroredStates(box)
    const made = resourceIds(await readFile(errored ?? '', 'utf8'))
    expect(made).not.toEqual([])
    at.proxy.plan(() => undefined)
    await ok(box, options, 'up', LAB)
    expect(box.machines()).toEqual([machine])
    expect(await ok(box, options, 'status', LAB)).toBe('ready\n')
    // The very resources that only the errored state knew, instead of new ones.
    expect(resourceIds(await storedState(location))).toEqual(made)
    expect(await erroredStates(box)).toEqual([])
    await ok(box, options, 'down', LAB)
    expect(await box.traces()).toEqual([])
  })
})

describe('a lab of an S3 bucket', () => {
  let bucket: TestBucket
  beforeAll(async () => {
    bucket = await startMoto()
  })
  afterAll(() => bucket.stop())

  test('is the same when another way leads to it', async () => {
    const box = await makeSandbox()
    const { location } = bucket
    await ok(box, await optionsFor(bucket, location), 'up', '--profile', LAB, '--wait', 'none')
    if (location.kind !== 's3') throw new TypeError(location.kind)
    const other = await optionsFor(bucket, { ...location, region: 'eu-west-1', kmsKey: 'alias/labs' })
    expect(await ok(box, other, 'synth', LAB)).toContain('alias/labs')
    await ok(box, other, 'down', LAB)
    expect(await box.traces()).toEqual([])
  })

  test('needs an engine that locks there: an older one is refused before anything is made', async () => {
    const box = await makeSandbox()
    const { env } = await optionsFor(bucket, bucket.location)
    const up = await box.run(['up', '--name', 'other', '--profile', LAB, '-o', 'json'], {
      env: { ...env, DISTROLAB_TOFU: box.env['DISTROLAB_TOFU'] },
    })
    expect(up.json()).toMatchObject({ error: { code: 'engine-missing' } })
    expect(up.stderr).toContain('1.10.0')
    expect((await box.run(['status', 'other'], { env })).code).toBe(3)
    expect(await box.traces()).toEqual([])
  })
})
