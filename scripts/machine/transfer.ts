import { setTimeout as sleep } from 'node:timers/promises'
import type { SFTPWrapper } from 'ssh2'
import type { LabError } from '../errors.js'
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
  /** Called for anything that is not a file, folder or link. */
  readonly onSkipped: (path: string) => void
  /** Called as content is transferred. */
  readonly onBytes?: (count: number) => void
  /** Whether to leave out what is at this path of the source. */
  readonly isExcluded?: (path: string) => boolean
  /** Called once a file or link is where it belongs. */
  readonly onCopied?: () => void
}

/**
 * A frozen machine answers no request: an interrupt waits at most this long for each part of the clean-up.
 */
const TIDY_MS = 1_000

/**
 * Does the transfer over SFTP, under the lease, so no one else copies to the machine meanwhile. An abort
 * leaves no half-written file if that can be avoided. Throws SourceMissingError, or LabError ssh-failed if
 * the connection is lost; other errors name the path.
 */
export async function carryOut(
  connection: Connection,
  { flag, from, to }: Transfer,
  { signal, onSkipped, onBytes = () => undefined, isExcluded, onCopied }: TransferOptions,
): Promise<void> {
  signal.throwIfAborted()
  const ended = endOf(connection, signal)
  const over = new AbortController()
  const sending = { onBytes, over: over.signal }
  try {
    const sftp = await Promise.race([openSftp(connection), ended.promise])
    const remote = remoteFiles(sftp)
    const parts = { onSkipped, isExcluded, onCopied, signal, drafts: new Set<string>() }
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

/**
 * Files that are being sent are removed immediately, because requests are answered in order. Files that are
 * being received end with their channel.
 */
async function giveUp({ to, drafts, others }: Way, sftp: SFTPWrapper, copying: Promise<void>): Promise<void> {
  const remove = () => Promise.allSettled([...drafts].map((draft) => to.remove(draft)))
  // A file that was about to be opened when the first removal was requested exists again.
  if (others === 'nobody') await orTired(remove().then(remove))
  sftp.end()
  await orTired(Promise.allSettled([copying]))
  // A request after its channel has closed is never answered: received files still exist.
  if (others === 'anybody') await remove()
}

const orTired = (tidying: Promise<unknown>): Promise<unknown> =>
  Promise.race([tidying, sleep(TIDY_MS, undefined, { ref: false })])

async function openSftp(connection: Connection): Promise<SFTPWrapper> {
  try {
    return await connection.ssh.requestSFTP()
  } catch (error) {
    if (!connection.ssh.isConnected()) throw lost(connection)
    throw new Error(`SFTP does not start: ${(error as Error).message}`, { cause: error })
  }
}

const lost = (connection: Connection): LabError =>
  sshFailed(connection, 'the connection was lost while files were copied')

/** Rejects on abort, and when the connection is lost: SFTP answers nothing any more then, not even with an error. */
function endOf(
  connection: Connection,
  signal: AbortSignal,
): { readonly promise: Promise<never>; dispose(): void } {
  let onAbort = (): void => undefined
  let onClose = (): void => undefined
  const promise = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error)
    onClose = () => reject(lost(connection))
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
