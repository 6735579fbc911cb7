import { createServer, type IncomingMessage, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

export interface Comment {
  readonly id: number
  readonly user: { readonly login: string }
  body: string
}
export interface Issue {
  readonly number: number
  readonly title: string
  body: string
  state: string
  readonly creator: string
}

/** What the workflows ask of GitHub's API, on this computer; it refuses everything else. */
export class GithubApi {
  readonly comments: Comment[] = []
  readonly issues: Issue[] = []
  pulls: { number: number; head: { sha: string; label: string } }[] = []
  readonly refused: string[] = []
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(([status, body]) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      )
    })
  }

  static async start(): Promise<GithubApi> {
    const api = new GithubApi()
    api.#server.listen(0, '127.0.0.1')
    await once(api.#server, 'listening')
    return api
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.close()
  }

  async #answer(request: IncomingMessage): Promise<readonly [number, unknown]> {
    const url = new URL(request.url ?? '', this.url)
    const path = url.pathname.replace('/repos/anna/project', '')
    const given = await bodyOf(request)
    if (request.headers.authorization !== 'Bearer token-of-the-job') return [401, {}]
    const asked = `${request.method} ${path.replace(/\d+/, 'N')}`
    const number = Number(/\d+/.exec(path)?.[0])
    const { searchParams } = url
    switch (asked) {
      case 'GET /pulls':
        return [200, this.pulls.filter(({ head }) => head.label === searchParams.get('head'))]
      case 'GET /issues/N/comments': {
        const from = (Number(searchParams.get('page')) - 1) * 100
        return [200, this.comments.slice(from, from + 100)]
      }
      case 'POST /issues/N/comments':
        return [201, this.#comment('github-actions[bot]', given['body'] ?? '')]
      case 'PATCH /issues/comments/N':
        return [200, Object.assign(this.comments.find(({ id }) => id === number) ?? {}, given)]
      case 'GET /issues':
        return [
          200,
          this.issues.filter(
            ({ state, creator }) => state === 'open' && creator === searchParams.get('creator'),
          ),
        ]
      case 'POST /issues': {
        const creator = 'github-actions[bot]'
        const issue = {
          title: '',
          body: '',
          ...given,
          number: this.issues.length + 1,
          state: 'open',
          creator,
        }
        this.issues.push(issue)
        return [201, issue]
      }
      case 'PATCH /issues/N':
        return [200, Object.assign(this.issues[number - 1] ?? {}, given)]
      default:
        this.refused.push(asked)
        return [404, {}]
    }
  }

  /** By whoever says so. */
  say(login: string, body: string): Comment {
    return this.#comment(login, body)
  }

  #comment(login: string, body: string): Comment {
    const comment = { id: this.comments.length + 1, user: { login }, body }
    this.comments.push(comment)
    return comment
  }
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  let text = ''
  for await (const part of request) text += String(part)
  return text === '' ? {} : (JSON.parse(text) as Record<string, string>)
}
