import { runEngine, type EngineRun } from './engine-run.js'

/** How long a second engine waits for the state lock of one that is just ending. */
const LOCK_TIMEOUT = '30s'

/** `replace`: addresses of resources to recreate. */
export async function apply(run: EngineRun, replace: readonly string[] = []): Promise<void> {
  await runEngine(run, 'apply', [
    ...['apply', '-json', '-input=false', '-auto-approve', `-lock-timeout=${LOCK_TIMEOUT}`],
    ...replace.map((address) => `-replace=${address}`),
  ])
}

export async function destroy(run: EngineRun): Promise<void> {
  await runEngine(run, 'destroy', [
    ...['destroy', '-json', '-input=false', '-auto-approve', `-lock-timeout=${LOCK_TIMEOUT}`],
    // Built-in resources have nothing to refresh, and refreshing is a plan of its own.
    ...(run.isAlone === true ? ['-refresh=false'] : []),
  ])
}

/** Writes a state file of the engine's folder to the backend; refused unless it succeeds the stored one. */
export async function pushState(run: EngineRun, file: string): Promise<void> {
  await runEngine(run, 'state-push', [
    ...['state', 'push', '-no-color', `-lock-timeout=${LOCK_TIMEOUT}`, file],
  ])
}

/** The decrypted state from the backend. */
export const pullState = (run: EngineRun): Promise<string> =>
  runEngine(run, 'state-pull', ['state', 'pull', '-no-color'])
