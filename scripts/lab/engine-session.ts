import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Leasable } from '../../backend/keys.js'
import type { Lease } from '../../backend/lease.js'
import { sendSignal } from '../../backend/send-signal.js'
import type { StateBackend } from '../../backend/state-backend.js'
import type { LabRecord } from '../../backend/record-schema.js'
import { engineProviderOf } from '../../stacks/registry.js'
import { engineEncryption } from '../encryption.js'
import { placeCliConfig } from '../engine/cli-config.js'
import { isEngineAtWork } from '../engine/engine-process.js'
import { initialise, type EngineRun } from '../engine/engine-run.js'
import { isInitialised, markInitialised, unmarkInitialised } from '../engine/initialised.js'
import { assertOwnProviders } from '../engine/installed.js'
import type { Engine } from '../engine/resolve.js'
import { assertOwnState } from '../engine/state-trust.js'
import { describeEvent, type Outputs } from '../engine/stream.js'
import { LabError } from '../errors.js'
import { hasErroredState, recoverLocalState, recoverRemoteState } from '../engine/recover-state.js'
import { parseDriverLine } from '../engine/driver-line.js'
import { placeAuthorities } from '../trust.js'
import { localName, workFolder } from '../workspace.js'
import { hasEngineProvider, withProviders } from './provider-cache.js'
import type { SessionOf } from './session.js'
import { engineUmask, stateModes } from './state-modes.js'

/** Tells of the engine at work for a lab, or for an image, and of the provider that it works at. */
interface EngineWriter {
  readonly engineRecord: Pick<LabRecord, 'provider' | 'engine'> | undefined
  update(change: Pick<LabRecord, 'engine'>): Promise<unknown>
  /** That it has ended is seen by looking for it: to say so may wait for the next write. */
  defer(change: Pick<LabRecord, 'engine'>): unknown
}

/** What an engine is run for: a lab under its lease, or an image under its own. */
export type EngineSession = Pick<
  SessionOf<Leasable, EngineWriter>,
  'context' | 'log' | 'signal' | 'writer'
> & {
  readonly lease: Pick<Lease<Leasable>, 'lab' | 'lost'>
}

/**
 * The step `init`, unless an earlier command has done it. A state that an earlier run could not write is
 * restored before anyone reads the old one. Throws LabError state-refused before anything that the state
 * names is loaded, and provider-refused before it is run.
 */
export async function initialiseEngine(
  session: EngineSession,
  engine: Engine,
  folder: string,
  state: StateBackend,
  detail: (text: string) => void,
): Promise<void> {
  const { context, lease, writer } = session
  const isErrored = hasErroredState(folder)
  // `init` itself reads a local state, and fails on a truncated one.
  if (isErrored && state.kind === 'local')
    await recoverLocalState(state, folder, (await stateModes(context)).file)
  const provider = engineProviderOf(writer.engineRecord?.provider)
  await assertOwnState(await context.store(), context.location, lease.lab, provider)
  if (isErrored || !(await isInitialised(folder, engine)))
    await initialiseAnew(session, engine, folder, state, detail)
  try {
    await assertOwnProviders(folder, provider)
  } catch (error) {
    // The next command loads only what it needs.
    await rm(join(folder, '.terraform'), { recursive: true, force: true })
    throw error
  }
}

async function initialiseAnew(
  session: EngineSession,
  engine: Engine,
  folder: string,
  state: StateBackend,
  detail: (text: string) => void,
): Promise<void> {
  const { context, lease, writer, signal } = session
  const isErrored = hasErroredState(folder)
  await unmarkInitialised(folder)
  await withProviders(
    context,
    { lab: localName(lease.lab), provider: writer.engineRecord?.provider, signal },
    (providers) => runOperation(session, engine, folder, detail, (run) => initialise({ ...run, providers })),
  )
  if (isErrored && state.kind !== 'local')
    await runOperation(session, engine, folder, detail, recoverRemoteState)
  if (isErrored) session.log.warn('recovered the state that OpenTofu could not write')
  await markInitialised(folder, engine)
}

/**
 * Runs one engine operation. Its process is recorded while it runs, the user's interrupt reaches it as one
 * SIGINT, and a fault of the driver is rethrown as that fault. Returns the outputs at its end; empty if it
 * reports none.
 */
export async function runOperation(
  session: EngineSession,
  engine: Engine,
  folder: string,
  detail: (text: string) => void,
  operation: (run: EngineRun) => Promise<void>,
): Promise<Outputs> {
  const { context, writer, signal } = session
  let fault: LabError | undefined
  let outputs: Outputs = {}
  let runsOn = false
  const cliConfig = await placeCliConfig(context.env, folder, engineProviderOf(writer.engineRecord?.provider))
  const done = context.interrupt.waitingFor('OpenTofu to stop')
  try {
    await operation({
      engine: engine.path,
      folder,
      umask: await engineUmask(context),
      unset: [...context.env.unsetForEngine, ...uselessSecrets(session)],
      cliConfig,
      authorities: await placeAuthorities(context.env.authorityFiles, context.env.cache),
      isAlone: !hasEngineProvider(writer.engineRecord?.provider),
      encryption: context.encryption === undefined ? undefined : engineEncryption(context.encryption),
      signal,
      onStarted: async ({ pid, startTime, boot, host }) => {
        await writer.update({ engine: { pid, startTime, boot, host, startedAt: new Date().toISOString() } })
      },
      onEvent: (event) => {
        const line = event.type === 'provisioner' ? parseDriverLine(event.line) : undefined
        if (event.type === 'outputs') outputs = event.outputs
        if (line?.type === 'fault') fault = new LabError({ code: 'driver', fault: line })
        const text = line?.type === 'progress' ? line.message : describeEvent(event)
        if (text !== undefined) detail(text)
      },
    })
  } catch (error) {
    runsOn = isRunningOn(error)
    // For any failure: the next run initialises the folder again.
    await unmarkInitialised(folder)
    throw fault !== undefined && isEngineFailure(error) ? fault : error
  } finally {
    done()
    // A process that would not stop stays in the record, so that the next command waits for it.
    if (!session.lease.lost.aborted && !runsOn) await writer.defer({ engine: null })
  }
  return outputs
}

/**
 * A local lab whose state is also on this computer needs no credentials, and programs that OpenTofu starts
 * would inherit them. Credentials for a key service stay.
 */
function uselessSecrets({ context, writer }: EngineSession): readonly string[] {
  const { location, encryption, env } = context
  const isHere = location.kind === 'directory' && !hasEngineProvider(writer.engineRecord?.provider)
  return isHere && (encryption === undefined || encryption.kind === 'passphrase') ? env.secretNames : []
}

const isRunningOn = (error: unknown): boolean =>
  error instanceof LabError && error.fault.code === 'engine-timeout' && error.fault.pid !== null

const isEngineFailure = (error: unknown): boolean =>
  error instanceof LabError && error.fault.code === 'engine-failed'

const POLL_MS = 200

/**
 * An engine that outlived its command must end before another one starts. `interrupt` asks it to stop, with
 * exactly one SIGINT; otherwise it may finish its work. A recorded process that is not an engine is left
 * alone.
 */
export async function settleEngine(session: EngineSession, mode: 'wait' | 'interrupt'): Promise<void> {
  const { context, writer, signal, log } = session
  const engine = writer.engineRecord?.engine
  if (engine === undefined || engine === null) return
  const folder = workFolder(context.space, localName(session.lease.lab))
  if (await isEngineAtWork(engine, folder)) {
    log.warn('an engine outlived its command', { pid: engine.pid, mode })
    context.progress.say(
      `Waiting for the OpenTofu of an earlier command to ${mode === 'wait' ? 'finish' : 'stop'} (pid ${engine.pid}) …`,
    )
    if (mode === 'interrupt') sendSignal(engine.pid, 'SIGINT')
    const done = context.interrupt.waitingFor('OpenTofu to finish')
    while (await isEngineAtWork(engine, folder)) {
      await sleep(POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted())
    }
    done()
  }
  await writer.update({ engine: null })
}
