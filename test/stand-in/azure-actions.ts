/**
 * The action that a role must allow for a request, in Azure's form:
 * `Microsoft.Compute/virtualMachines/write`. `path`: the request's.
 */
export function actionsOf(method: string, path: string, body: string): string[] {
  const verb = { GET: 'read', HEAD: 'read', DELETE: 'delete', POST: 'action' }[method] ?? 'write'
  const own = path.replace(/^\/subscriptions\/[^/]+/i, '')
  if (own === '') return ['Microsoft.Resources/subscriptions/read']
  const at = own.toLowerCase().lastIndexOf('/providers/')
  if (at < 0) {
    const isContents = own.toLowerCase().endsWith('/resources')
    const scope = 'Microsoft.Resources/subscriptions/resourceGroups'
    return own === '/providers'
      ? ['Microsoft.Resources/subscriptions/providers/read']
      : [isContents ? `${scope}/resources/read` : `${scope}/${verb}`]
  }
  const [namespace = '', ...words] = own.slice(at + '/providers/'.length).split('/')
  if (namespace === 'Microsoft.Resources') return [`Microsoft.Resources/tags/${verb}`]
  if (words.length === 0) return ['Microsoft.Resources/subscriptions/providers/read']
  if (words[0] === 'register') return [`${namespace}/register/action`]
  const types = words.filter((_word, index) => index % 2 === 0)
  // `…/virtualMachines/NAME/start`
  const name = verb === 'action' ? [types.pop() ?? ''] : []
  return [[namespace, ...types, ...name, verb].join('/'), ...(verb === 'write' ? joinsIn(body) : [])]
}

/** Binding one thing to another also needs the right to use the other. */
function joinsIn(body: string): string[] {
  const bound = body.matchAll(
    /"id":\s*"[^"]*\/providers\/Microsoft\.Network\/(virtualNetworks\/[^/"]+\/subnets|publicIPAddresses|networkSecurityGroups|networkInterfaces)\/[^/"]+"/g,
  )
  return [...bound].map(([, kind = '']) => {
    const type = kind.startsWith('virtualNetworks') ? 'virtualNetworks/subnets' : kind
    return `Microsoft.Network/${type}/join/action`
  })
}
