import { LabError } from './errors.js'

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Hosts that are never behind a proxy: this computer, and the metadata services of clouds. Go, and so
 * OpenTofu, exempts the first by itself; few of our libraries do.
 */
const NEVER = ['localhost', '127.0.0.1', '::1', '[::1]', '169.254.169.254', '169.254.170.2', '169.254.170.23']
const METADATA = ['metadata.google.internal', 'metadata']

/**
 * The values of the proxy variables that make all libraries, OpenTofu and its providers understand the same:
 * both upper and lower case (if they differ, capitals count, as for OpenTofu), a URL with its scheme, and
 * NO_PROXY in the only form that all of them read. `undefined`: remove the variable. Throws LabError usage.
 */
export function proxyVariables(variables: Variables): Variables {
  const [http, https, none] = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].map((name) =>
    valueOf(variables, name),
  )
  if (http === undefined && https === undefined) return {}
  const exempt = (none ?? '').split(/[\s,]+/).filter((entry) => entry !== '')
  if (exempt.includes('*'))
    return inBothCases({ HTTP_PROXY: undefined, HTTPS_PROXY: undefined, ALL_PROXY: undefined })
  return inBothCases({
    ...(http === undefined ? {} : { HTTP_PROXY: proxyUrl('HTTP_PROXY', http) }),
    ...(https === undefined ? {} : { HTTPS_PROXY: proxyUrl('HTTPS_PROXY', https) }),
    NO_PROXY: [...new Set([...exempt.flatMap(withSubdomains), ...NEVER, ...METADATA])].join(','),
  })
}

const valueOf = (variables: Variables, name: string): string | undefined =>
  variables[name] || variables[name.toLowerCase()] || undefined

const inBothCases = (variables: Variables): Variables =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => [
      [name, value],
      [name.toLowerCase(), value],
    ]),
  )

/** The value itself is not shown, because it may contain a password. */
function proxyUrl(name: string, value: string): string {
  const url = value.includes('://') ? value : `http://${value}`
  if (URL.canParse(url)) return url
  const problem = `${name} is not the URL of a proxy, such as http://proxy.example.org:3128`
  throw new LabError({ code: 'usage', problem })
}

/** `example.org` and `*.example.org` as curl and OpenTofu read them: the name and everything below it. */
function withSubdomains(entry: string): string[] {
  const name = entry.replace(/^\*?\./, '')
  const isDomain = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*$/i.test(name)
  if (!isDomain) return [entry]
  return entry === name ? [name, `.${name}`] : [`.${name}`]
}
