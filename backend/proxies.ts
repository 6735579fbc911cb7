import { globalAgent as plain, type Agent as HttpAgent, type ClientRequest } from 'node:http'
import { globalAgent as secure } from 'node:https'
import { Agent, type AgentConnectOpts } from 'agent-base'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { getProxyForUrl } from 'proxy-from-env'

/** Whether the environment names any proxy. */
const isProxied = (): boolean =>
  ['https://proxied.invalid', 'http://proxied.invalid'].some((url) => getProxyForUrl(url) !== '')

/** Sends each request the way the environment says: through a proxy, or directly if NO_PROXY says so. */
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

/**
 * For clients of Node's own HTTP that do not support proxies, such as AWS's; empty if the environment names
 * none.
 */
export function proxyAgents(): { readonly httpAgent?: HttpAgent; readonly httpsAgent?: HttpAgent } {
  if (!isProxied()) return {}
  const agent = new EnvironmentAgent()
  return { httpAgent: agent, httpsAgent: agent }
}
