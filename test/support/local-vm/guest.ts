import { Client } from 'ssh2'
import { generateKeyPair } from '../../../scripts/machine/key-pair.js'

export interface Key {
  readonly private: string
  readonly public: string
}

export const makeKey = (): Key => generateKeyPair('test')

/** Runs a command in the guest; throws when SSH does not work or the command fails. */
export function runInGuest(port: number, key: Key, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = new Client()
    client.on('error', reject)
    client.on('ready', () => {
      client.exec(command, (error, channel) => {
        if (error !== undefined) return void reject(error)
        let output = ''
        channel.on('data', (chunk: Buffer) => (output += chunk.toString()))
        channel.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
        channel.on('close', (code: number) => {
          client.end()
          if (code === 0) resolve(output.trim())
          else reject(new Error(`${command} exited with ${code}: ${output}`))
        })
      })
    })
    client.connect({
      host: '127.0.0.1',
      port,
      username: 'debian',
      privateKey: key.private,
      readyTimeout: 20_000,
    })
  })
}

/** Milliseconds until the command works. */
export async function waitForGuest(
  port: number,
  key: Key,
  command: string,
  timeoutMs: number,
): Promise<number> {
  const start = performance.now()
  for (;;) {
    try {
      await runInGuest(port, key, command)
      return performance.now() - start
    } catch (error) {
      if (performance.now() - start > timeoutMs) throw error
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
  }
}
