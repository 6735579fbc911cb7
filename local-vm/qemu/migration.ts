import { setTimeout as sleep } from 'node:timers/promises'
import { shellWord } from '../shell-word.js'
import { QmpFailure, type QmpSession } from './qmp.js'

/**
 * The state of a machine's devices, without the memory, which is a file of its own: `x-ignore-shared` leaves it out
 * (qapi/migration.json).
 */

const ANSWER_MS = 10 * 60_000
const POLL_MS = 20

/** The guest stands still afterwards. `file`: in a folder that QEMU may write to. Throws QmpFailure. */
export async function saveDevices(session: QmpSession, file: string): Promise<void> {
  session.waitUpTo(ANSWER_MS)
  await session.execute('stop')
  await ignoreMemory(session, true)
  await session.execute('migrate', { uri: `exec:cat > ${shellWord(file)}` })
  await migrated(session, 'migrate')
}

/** For a QEMU that began with `incoming`. The guest stands still afterwards. Throws QmpFailure. */
export async function loadDevices(session: QmpSession, file: string): Promise<void> {
  session.waitUpTo(ANSWER_MS)
  await ignoreMemory(session, true)
  await session.execute('migrate-incoming', { uri: `exec:cat ${shellWord(file)}` })
  await migrated(session, 'migrate-incoming')
  // Its own baseline contains the memory.
  await ignoreMemory(session, false)
}

const ignoreMemory = (session: QmpSession, state: boolean): Promise<unknown> =>
  session.execute('migrate-set-capabilities', { capabilities: [{ capability: 'x-ignore-shared', state }] })

async function migrated(session: QmpSession, command: string): Promise<void> {
  for (;;) {
    const answer = (await session.execute('query-migrate')) as { status?: string; 'error-desc'?: string }
    if (answer.status === 'completed') return
    if (answer.status === 'failed') throw new QmpFailure(command, answer['error-desc'] ?? 'it failed')
    await sleep(POLL_MS)
  }
}
