import { globalAgent as plain, type Agent as HttpAgent, type ClientRequest } from 'node:http'
import { globalAgent as secure } from 'node:https'
import { Agent, type AgentConnectOpts } from 'agent-base'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { getProxyForUrl } from 'proxy-from-env'

/** Whether the environment names a proxy for anything. */
const isProxied = (): boolean =>
  ['https://proxied.invalid', 'http://proxied.invalid'].some((url) => getProxyForUrl(url) !== '')

/** Goes the way that the environment names for each request: by a proxy, or straight where NO_PROXY says so. */
class EnvironmentAgent extends Agent {
  readonly #agents = new Map<string, HttpAgent>()

  connect(request: ClientRequest, { secureEndpoint }: AgentConnectOpts): HttpAgent {
    const proxy = getProxyForUrl(
      `${secureEndpoint ? 'https' : 'http'}://${String(request.getHeader('host'))}`,
    )
    if (proxy === '') return secureEndpoint ? secure : plain
    const agent = this.#agents.get(proxy) ?? new HttpsProxyAgent(proxy, { keepAlive: true })
    this.#agents.set(proxy, agent)
    return agent
  }
}

/** For clients of Node's own HTTP that know no proxies, such as those of AWS; none where the environment names none. */
export function proxyAgents(): { readonly httpAgent?: HttpAgent; readonly httpsAgent?: HttpAgent } {
  if (!isProxied()) return {}
  const agent = new EnvironmentAgent()
  return { httpAgent: agent, httpsAgent: agent }
}
