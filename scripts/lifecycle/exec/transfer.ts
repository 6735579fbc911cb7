import type { Machine } from '../../../backend/record-schema.js'
import type { Context } from '../../context.js'
import { LabError } from '../../errors.js'
import type { Log } from '../../log.js'
import type { Connection } from '../../machine/connect.js'
import { SourceMissingError } from '../../machine/copy-tree.js'
import { carryOut, type Transfer, type TransferOptions } from '../../machine/transfer.js'
import { TransferMeter } from '../../report/transfer-meter.js'

/** One transfer with its progress, and where it happens. */
export interface Transferring extends Pick<TransferOptions, 'isExcluded' | 'onCopied'> {
  readonly context: Context
  readonly lab: string
  readonly machine: Pick<Machine, 'name'>
  readonly connection: Connection
  readonly signal: AbortSignal
  /** Absent of a command that has no session, and so no log. */
  readonly log?: Log
  /** As the user knows the transfer; default: its flag. */
  readonly by?: 'cp'
}

/** Throws LabError transfer-source-missing or transfer-failed, and the reason of an abort. */
export async function transfer(at: Transferring, wanted: Transfer): Promise<void> {
  const { context, lab, machine, connection, signal, log, by, isExcluded, onCopied } = at
  const { flag, from, to } = wanted
  const called = by ?? flag
  const meter = process.stderr.isTTY ? new TransferMeter(context.progress, `${called} ${from}`) : undefined
  try {
    await carryOut(connection, wanted, {
      signal,
      onSkipped: (path) =>
        context.progress.say(`${called}: skipping ${path}, which is not a file, folder or link`),
      onBytes: (count) => meter?.add(count),
      ...(isExcluded === undefined ? {} : { isExcluded }),
      ...(onCopied === undefined ? {} : { onCopied }),
    })
    meter?.end()
    log?.info(flag === '--copy' ? 'copied' : 'fetched', { machine: machine.name, from, to })
  } catch (error) {
    meter?.fail()
    signal.throwIfAborted()
    if (error instanceof LabError) throw error
    const place = { lab, machine: machine.name, flag, from, to, ...(by === undefined ? {} : { by }) }
    if (error instanceof SourceMissingError)
      throw new LabError({ code: 'transfer-source-missing', ...place }, { cause: error })
    const reason = error instanceof Error ? error.message : String(error)
    throw new LabError({ code: 'transfer-failed', ...place, reason }, { cause: error })
  }
}
