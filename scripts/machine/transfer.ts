import { setTimeout as sleep } from 'node:timers/promises'
import type { SFTPWrapper } from 'ssh2'
import { sshFailed, type Connection } from './connect.js'
import { copyTree, type Way } from './copy-tree.js'
import { localFiles, remoteFiles } from './files.js'
import { receiveFile, sendFile } from './send-file.js'

/** One `--copy LOCAL:REMOTE` or `--fetch REMOTE:LOCAL`. A relative remote path is below the user's home. */
export interface Transfer {
  readonly flag: '--copy' | '--fetch'
  readonly from: string
  readonly to: string
}

export interface TransferOptions {
  readonly signal: AbortSignal
  /** Called for what is neither file, folder nor link. */
  readonly onSkipped: (path: string) => void
  /** Called as content goes over. */
  readonly onBytes?: (count: number) => void
}

/** A frozen machine answers no request any more: an interrupt does not wait longer for each part of its tidying. */
const TIDY_MS = 1_000

/**
 * Carries it out over SFTP, under the lease: nobody else copies to the machine meanwhile. An abort leaves no half of a
 * file where it can be helped. Throws SourceMissingError, or LabError ssh-failed when the connection is lost; other errors
 * name the path.
 */
export async function carryOut(
  connection: Connection,
  { flag, from, to }: Transfer,
  { signal, onSkipped, onBytes = () => undefined }: TransferOptions,
): Promise<void> {
  signal.throwIfAborted()
  const ended = endOf(connection, signal)
  const over = new AbortController()
  const sending = { onBytes, over: over.signal }
  try {
    const sftp = await Promise.race([openSftp(connection), ended.promise])
    const remote = remoteFiles(sftp)
    const parts = { onSkipped, signal, drafts: new Set<string>() }
    const way: Way =
      flag === '--copy'
        ? {
            ...parts,
            from: localFiles,
            to: remote,
            others: 'nobody',
            send: sendFile.bind(undefined, sftp, sending),
          }
        : {
            ...parts,
            from: remote,
            to: localFiles,
            others: 'anybody',
            send: receiveFile.bind(undefined, sftp, sending),
          }
    const copying = copyTree(way, from, to)
    try {
      await Promise.race([copying, ended.promise])
    } catch (error) {
      if (signal.aborted) await giveUp(way, sftp, copying)
      throw error
    }
    sftp.end()
  } finally {
    over.abort()
    ended.dispose()
  }
}

/** What is being sent is removed at once: requests are answered in turn. What is received ends with its channel. */
async function giveUp({ to, drafts, others }: Way, sftp: SFTPWrapper, copying: Promise<void>): Promise<void> {
  const remove = () => Promise.allSettled([...drafts].map((draft) => to.remove(draft)))
  // What was about to be opened when the first was asked for is there again.
  if (others === 'nobody') await orTired(remove().then(remove))
  sftp.end()
  await orTired(Promise.allSettled([copying]))
  // A request that is made after its channel has ended is never answered: what was being received is still there.
  if (others === 'anybody') await remove()
}

const orTired = (tidying: Promise<unknown>): Promise<unknown> =>
  Promise.race([tidying, sleep(TIDY_MS, undefined, { ref: false })])

function openSftp({ client }: Connection): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error) reject(new Error(`SFTP does not start: ${error.message}`, { cause: error }))
      else resolve(sftp)
    })
  })
}

/** Rejects on abort, and when the connection is lost: SFTP answers nothing any more then, not even with an error. */
function endOf(
  connection: Connection,
  signal: AbortSignal,
): { readonly promise: Promise<never>; dispose(): void } {
  let onAbort = (): void => undefined
  let onClose = (): void => undefined
  const promise = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error)
    onClose = () => reject(sshFailed(connection, 'the connection was lost while files were copied'))
  })
  signal.addEventListener('abort', onAbort, { once: true })
  connection.client.once('close', onClose)
  return {
    promise,
    dispose() {
      signal.removeEventListener('abort', onAbort)
      connection.client.off('close', onClose)
    },
  }
}
