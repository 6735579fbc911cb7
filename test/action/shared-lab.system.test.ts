import { randomUUID } from 'node:crypto'
import { expect, jest, test } from '@jest/globals'
import { startMoto, withPrefix } from '../services/buckets.js'
import { useSandboxes } from '../stand-in/sandbox.js'
import { ok, optionsFor, useBucket } from '../support/labs/bucket-lab.js'
import { Job } from './job.js'

jest.setTimeout(240_000)
const makeSandbox = useSandboxes()
const at = useBucket(startMoto)

const UP = { command: 'up', lab: 'shared', profile: 'debian-local', keep: 'true' }
const WAIT = ['--wait-lock', '3m']

test('two jobs and a person share one lab over S3: one makes it, each waits for the others, and a killed one stops no one', async () => {
  const location = withPrefix(at.bucket.location, randomUUID())
  const { env } = await optionsFor(at.bucket, location)
  const options = { env }
  const box = await makeSandbox()
  const inJob = { ...env, DISTROLAB_WAIT_LOCK: '3m' }
  const jobs = ['first', 'second'].map((name) => new Job(box, UP, name, inJob))
  const ended = await Promise.all(jobs.map((job) => job.run('main')))
  expect(ended.map(({ code }) => code)).toEqual([0, 0])
  // One made it, the other connected to it.
  const reused = jobs.map((job) => (JSON.parse(job.outputs['json'] ?? '{}') as { reused: boolean }).reused)
  expect(reused.sort()).toEqual([false, true])
  expect(box.machines()).toHaveLength(1)

  const first = box.start(['exec', 'shared', '--', 'sh -c "echo in >&2; sleep 600"'], options)
  await first.says('in')
  const second = box.start(['reset', 'shared', ...WAIT], options)
  const person = box.start(['exec', 'shared', ...WAIT, '--', 'echo mine'], options)
  await second.says('exec')
  first.signal('SIGKILL')
  await first.done
  // The proof of the reset is its own: it fails where the baseline is not what it promised.
  expect((await second.done).code).toBe(0)
  expect(await person.done).toMatchObject({ code: 0, stdout: 'mine\n' })
  expect(await ok(box, options, 'status', 'shared')).toBe('ready\n')

  for (const job of jobs) expect(await job.run('post')).toMatchObject({ code: 0 })
  expect(await ok(box, options, 'status', 'shared')).toBe('ready\n')
  await ok(box, options, 'down', 'shared')
  // The stand-in guest's command outlives its machine, as none of a real one does.
  expect(box.machines()).toEqual([])
})
