import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { eventKey, livingComplete, livingKey, recordKey } from '../backend/keys.js'
import { openLabWriter } from '../backend/lab-writer.js'
import { decided, labName, takeLease, temporaryStore } from '../test/support/backend/support.js'
import { openBucket } from './bucket.js'
import type { Row } from './cases.js'
import type { BenchUser } from './lab.js'
import { timeOf } from './measure.js'

const LAB = 'demo'
/** What a lab leaves beside its record: about ten events, a lease and a state. */
const EVENTS = 10

/** A folder with many living labs, and a bucket with few living labs among many destroyed ones. */
export async function listOfMany(user: BenchUser): Promise<Row[]> {
  const record = await recordOf()
  return [await listInFolder(user, record), await listInBucket(user, record)]
}

async function recordOf(): Promise<string> {
  const store = await temporaryStore()
  const lease = await takeLease(store, labName(LAB), 'up')
  await (await openLabWriter(store, lease)).create(decided)
  await lease.release()
  return (await store.get(recordKey(labName(LAB))))?.body ?? ''
}

const named = (record: string, name: string, state: string): string =>
  record.replaceAll(`"${LAB}"`, `"${name}"`).replaceAll('"provisioning"', `"${state}"`)

async function listInFolder(user: BenchUser, record: string): Promise<Row> {
  const folder = await mkdtemp(join(user.folder, 'many-'))
  const put = async (key: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, key)), { recursive: true })
    await writeFile(join(folder, key), text)
  }
  for (let n = 0; n < 10_000; n++) {
    const lab = labName(`lab-${n}`)
    await put(recordKey(lab), named(record, lab, 'ready'))
    await put(livingKey(lab, '0'), '')
  }
  await put(livingComplete, '')
  const ms = await timeOf(() => user.distrolab('list', '--backend', `file://${folder}`))
  return { ...inSeconds('list of 10 000 labs in a folder', ms), limit: 3 }
}

async function listInBucket(user: BenchUser, record: string): Promise<Row> {
  const bucket = await openBucket()
  try {
    for (let n = 0; n < 20_500; n++) {
      const lab = labName(`lab-${n}`)
      const isLiving = n % 41 === 0
      bucket.objects.set(recordKey(lab), named(record, lab, isLiving ? 'ready' : 'destroyed'))
      for (let event = 0; event < EVENTS; event++) bucket.objects.set(eventKey(lab, `${event}`), '{}')
      if (isLiving) bucket.objects.set(livingKey(lab, '0'), '')
    }
    bucket.objects.set(livingComplete, '')
    const ms = await timeOf(() => user.distrolab('list', '--backend', bucket.backend))
    return { ...inSeconds('list of 500 labs among 20 000 destroyed ones in a bucket', ms), limit: 5 }
  } finally {
    bucket.close()
  }
}

const inSeconds = (what: string, ms: number): Omit<Row, 'limit'> => ({
  what,
  value: ms / 1000,
  unit: 's',
  promise: 'at most',
})
