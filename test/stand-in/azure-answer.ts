import type { IncomingMessage } from 'node:http'

export interface Asked {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: string
  readonly headers: IncomingMessage['headers']
}

export interface Answer {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: unknown
}

export const no = (status: number, code: string, message: string): Answer => ({
  status,
  body: { error: { code, message } },
})
