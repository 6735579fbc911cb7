import { dirname } from 'node:path'
import winston from 'winston'
import type { Redact } from './report/redact.js'
import { printable } from './report/printable.js'
import { ensureFolder } from './workspace.js'

export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void
  /** Resolves when every line is on disk. */
  close(): Promise<void>
}

/** `-v` shows info on stderr, `-vv` debug. The lab's file has everything, one JSON object for each line. */
export async function openLog(options: {
  readonly file: string
  readonly verbosity: number
  readonly redact: Redact
}): Promise<Log> {
  await ensureFolder(dirname(options.file))
  const { combine, timestamp, json, printf } = winston.format
  const cleanLine = winston.format((info) => {
    const line = info[MESSAGE]
    return { ...info, [MESSAGE]: typeof line === 'string' ? printable(options.redact(line)) : line }
  })()
  const human = printf(({ timestamp: at, level, message, ...fields }) => {
    const rest = Object.entries(fields).map(
      ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    return [String(at), level, String(message), ...rest].join(' ')
  })
  const file = new winston.transports.File({
    filename: options.file,
    options: { flags: 'a', mode: 0o600 },
    format: combine(timestamp(), json(), cleanLine),
  })
  const console = {
    stderrLevels: ['error', 'warn', 'info', 'debug'],
    level: options.verbosity > 1 ? 'debug' : 'info',
    format: combine(timestamp(), human, cleanLine),
  }
  const shown = options.verbosity === 0 ? [] : [new winston.transports.Console(console)]
  const logger = winston.createLogger({ level: 'debug', transports: [file, ...shown] })
  return {
    info: (message, fields) => void logger.info(message, fields),
    warn: (message, fields) => void logger.warn(message, fields),
    debug: (message, fields) => void logger.debug(message, fields),
    close: () =>
      new Promise((resolve) => {
        file.once('finish', () => resolve())
        file.once('error', () => resolve())
        logger.end()
      }),
  }
}

/** Where winston keeps the finished line (triple-beam's MESSAGE symbol). */
const MESSAGE = Symbol.for('message')
