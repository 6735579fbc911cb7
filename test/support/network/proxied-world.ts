import { once } from 'node:events'
import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecure } from 'node:https'
import { readFile } from 'node:fs/promises'
import { connect, type AddressInfo, type Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { join } from 'node:path'
import { run } from '../../../scripts/run.js'

/** Names of clouds that mean one server of ours to whoever goes by the proxy, and nothing or something else to all others. */
const NAMES = [
  ...[
    '*.amazonaws.com',
    '*.us-east-1.amazonaws.com',
    '*.eu-central-1.amazonaws.com',
    '*.eu-west-1.amazonaws.com',
    '*.sso.eu-west-1.amazonaws.com',
  ],
  ...[
    '*.s3.eu-west-1.amazonaws.com',
    '*.googleapis.com',
    'management.azure.com',
    'login.microsoftonline.com',
  ],
  ...['*.blob.core.windows.net', '*.test.invalid'],
]

/** Whatever of the login is asked for: where things are, or a token. */
const LOGIN = 'https://login.microsoftonline.com/tenant'
const TOKEN = {
  token_type: 'Bearer',
  expires_in: 3600,
  access_token: 'of-tests',
  issuer: `${LOGIN}/v2.0`,
  authorization_endpoint: `${LOGIN}/oauth2/v2.0/authorize`,
  token_endpoint: `${LOGIN}/oauth2/v2.0/token`,
  jwks_uri: `${LOGIN}/keys`,
}
const ANSWERS: Readonly<Record<string, string>> = {
  'login.microsoftonline.com': JSON.stringify(TOKEN),
  'checkip.amazonaws.com': '203.0.113.7\n',
  'www.googleapis.com': JSON.stringify({
    access_token: 'of-tests',
    expires_in: 3600,
    token_type: 'Bearer',
  }),
}
const REFUSALS: Readonly<Record<string, unknown>> = {
  'iamcredentials.googleapis.com': {
    error: {
      code: 403,
      status: 'PERMISSION_DENIED',
      message: "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
    },
  },
}

export interface ProxiedWorld {
  /** With a user and a password. */
  readonly proxy: string
  /** Of the authority that nobody knows. */
  readonly certificateFile: string
  /** A server that is no proxy's business. */
  readonly plainUrl: string
  /** What was asked for by way of the proxy, and without it: hosts with paths. */
  readonly seen: { readonly proxied: string[]; readonly plain: string[] }
  stop(): void
}

/** A network whose only way out is a proxy. */
export async function startProxiedWorld(folder: string): Promise<ProxiedWorld> {
  const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'authority.pem')]
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-keyout', keyFile, '-out', certificateFile, '-subj', '/CN=authority of tests'],
    ...['-addext', `subjectAltName=${NAMES.map((name) => `DNS:${name}`).join(',')}`],
    ...['-addext', 'basicConstraints=critical,CA:TRUE'],
  ])
  const seen: ProxiedWorld['seen'] = { proxied: [], plain: [] }
  const secure = createSecure({ key: await readFile(keyFile), cert: await readFile(certificateFile) })
  const plain = createPlain()
  for (const [server, asked] of [
    [secure, seen.proxied],
    [plain, seen.plain],
  ] as const)
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const host = (request.headers.host ?? '').replace(/:443$/, '')
      asked.push(host + (request.url ?? ''))
      const body = ANSWERS[host] ?? ''
      request.resume()
      response
        .writeHead(body === '' ? 403 : 200, { 'content-type': 'application/json' })
        .end(body || JSON.stringify(REFUSALS[host] ?? {}))
    })
  const proxy = createPlain((_, response) => void response.writeHead(405).end())
  proxy.on('connect', (request: IncomingMessage, socket: Duplex) => {
    const isAllowed = request.headers['proxy-authorization'] === `Basic ${btoa('anna:pa$$ word')}`
    if (!isAllowed) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const upstream = connect(portOf(secure), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(upstream).pipe(socket)
    })
    for (const each of [socket, upstream]) each.on('error', () => upstream.destroy())
  })
  const servers = [secure, plain, proxy]
  await Promise.all(servers.map((server) => once(server.listen(0, '127.0.0.1'), 'listening')))
  return {
    proxy: `http://anna:${encodeURIComponent('pa$$ word')}@127.0.0.1:${portOf(proxy)}`,
    certificateFile,
    plainUrl: `http://127.0.0.1:${portOf(plain)}`,
    seen,
    stop: () => servers.forEach((server) => (server.closeAllConnections(), server.close())),
  }
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port
