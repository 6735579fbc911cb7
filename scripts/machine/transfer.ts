import type { SFTPWrapper } from 'ssh2'
import type { Connection } from './connect.js'
import { copyTree } from './copy-tree.js'
import { localFiles, receiveFile, remoteFiles, sendFile } from './files.js'

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
}

/** Carries it out over SFTP. Throws SourceMissingError; other errors name the path. */
export async function carryOut(
  connection: Connection,
  { flag, from, to }: Transfer,
  { signal, onSkipped }: TransferOptions,
): Promise<void> {
  signal.throwIfAborted()
  const aborted = abortOf(signal)
  try {
    const sftp = await Promise.race([openSftp(connection), aborted.promise])
    const remote = remoteFiles(sftp)
    const way =
      flag === '--copy'
        ? { from: localFiles, to: remote, send: sendFile.bind(undefined, sftp) }
        : { from: remote, to: localFiles, send: receiveFile.bind(undefined, sftp) }
    // A frozen machine answers no request any more: an abort does not wait for it.
    await Promise.race([copyTree({ ...way, onSkipped }, from, to), aborted.promise])
    sftp.end()
  } finally {
    aborted.dispose()
  }
}

function openSftp({ client }: Connection): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error) reject(new Error(`SFTP does not begin: ${error.message}`, { cause: error }))
      else resolve(sftp)
    })
  })
}

function abortOf(signal: AbortSignal): { readonly promise: Promise<never>; dispose(): void } {
  let onAbort = (): void => undefined
  const promise = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error)
  })
  signal.addEventListener('abort', onAbort, { once: true })
  return { promise, dispose: () => signal.removeEventListener('abort', onAbort) }
}
