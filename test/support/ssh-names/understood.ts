import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const call = promisify(execFile)

/** What the real ssh makes of a configuration for a host, by lower-case setting; the first value of each. */
export async function understood(config: string, host: string): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await call('ssh', ['-G', '-F', config, host])
  const entries = stdout.split('\n').map((line): [string, string] => {
    const space = line.indexOf(' ')
    return [line.slice(0, space), line.slice(space + 1)]
  })
  return new Map(entries.reverse())
}
