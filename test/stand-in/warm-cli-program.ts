import { main } from '../../scripts/main.js'

/**
 * The program that WarmCli starts: it runs each command line it receives, one after the other, and answers
 * with the output.
 */
export interface WarmOrder {
  /** Replaces the whole environment: nothing of an earlier command is left. */
  readonly env: NodeJS.ProcessEnv
  readonly args: readonly string[]
}

export interface WarmAnswer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

let former: Promise<unknown> = Promise.resolve()
process.on('message', ({ env, args }: WarmOrder) => {
  former = former.then(async () => {
    for (const name of Object.keys(process.env)) delete process.env[name]
    Object.assign(process.env, env)
    process.send?.(await answer(args))
  })
})
process.on('disconnect', () => process.exit())

async function answer(args: readonly string[]): Promise<WarmAnswer> {
  const said = { stdout: '', stderr: '' }
  const restore = (['stdout', 'stderr'] as const).map((name) => {
    const write = process[name].write.bind(process[name])
    process[name].write = (chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
      said[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
      const written = rest.at(-1)
      if (typeof written === 'function') process.nextTick(written)
      return true
    }
    return () => void (process[name].write = write)
  })
  try {
    return { code: await main(args), ...said }
  } finally {
    restore.forEach((action) => action())
  }
}
