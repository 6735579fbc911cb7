import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { openStore } from '../../../backend/open-store.js'
import { startFakeGcs, startVersitygw, withPrefix, type TestBucket } from '../../services/buckets.js'
import { waitUntil } from '../../stand-in/lab-cli.js'
import { useSandboxes } from '../../stand-in/sandbox.js'
import { ok, optionsFor } from '../../support/labs/bucket-lab.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(180_000)
const makeSandbox = useSandboxes()
const shell = promisify(execFile)

describe.each([
  ['S3 (versitygw)', startVersitygw],
  ['GCS (fake-gcs-server)', startFakeGcs],
])("OpenTofu's own lock on %s", (_name, start) => {
  let bucket: TestBucket
  beforeAll(async () => {
    bucket = await start()
    Object.assign(process.env, bucket.env)
  })
  afterAll(() => bucket.stop())

  test('that a dead engine left is explained, and the very line that is told breaks it', async () => {
    const box = await makeSandbox()
    const location = withPrefix(bucket.location, randomUUID())
    const options = await optionsFor(bucket, location)
    const store = await openStore(location)
    const isLocked = async (): Promise<boolean> =>
      (await store.list(`labs/${LAB}/`)).some((key) => key.endsWith('.tflock'))

    await box.knobs({ holdStart: true })
    const killed = box.start(['up', '--profile', LAB], options)
    await waitUntil('the engine to make a machine', () => box.processes('machine').length > 0)
    killed.signal('SIGKILL')
    await killed.done
    for (const { pid } of box.processes()) await box.kill(pid)
    await box.knobs({})
    expect(await isLocked()).toBe(true)

    const refused = await box.run(['up', LAB, '-o', 'json'], options)
    expect(refused.code).toBe(4)
    const { error } = refused.json<{ error: { code: string; message: string; hint: string } }>()
    expect(error.code).toBe('engine-locked')
    expect(error.message).toMatch(/^OpenTofu's own state lock is held by \S+@\S+ since 20\d\d-/)
    const line = /: (cd .* && .*\/tofu force-unlock \S+)$/m.exec(error.hint)?.[1] ?? error.hint
    // It asks once; the environment is that of the person who types it.
    const answered = shell('/bin/sh', ['-c', line], { env: { ...box.env, ...options.env } })
    answered.child.stdin?.end('yes\n')
    expect((await answered).stdout).toContain('has been successfully unlocked')
    expect(await isLocked()).toBe(false)

    await ok(box, options, 'up', LAB)
    await ok(box, options, 'down', LAB)
    expect(await box.traces()).toEqual([])
  })
})
