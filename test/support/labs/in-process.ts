import type { ObjectStore } from '../../../backend/store.js'
import { createContext, type Context } from '../../../scripts/context.js'
import { readEnvironment } from '../../../scripts/env.js'
import { resolveSettings } from '../../../scripts/settings.js'
import type { Sandbox } from '../../stand-in/sandbox.js'

const nothing = (): void => undefined
const silent = { beginStep: nothing, detail: nothing, endStep: nothing, failStep: nothing, say: nothing }

/** For what no command line can bring about: the context of a command in a sandbox, with its store disturbed. */
export async function contextIn(
  box: Sandbox,
  disturb: (store: ObjectStore) => ObjectStore = (store) => store,
): Promise<Context> {
  const config = { values: {}, files: [], origins: {} }
  const env = readEnvironment(box.env)
  const signal = new AbortController().signal
  const context = createContext({
    redact: (text: string) => text,
    encryption: undefined,
    env,
    config,
    settings: resolveSettings({}, env, config, '/'),
    progress: { ...silent, close: nothing },
    interrupt: { signal, waitingFor: () => nothing, dispose: nothing },
  })
  const store = disturb(await context.store())
  return { ...context, store: async () => store }
}
