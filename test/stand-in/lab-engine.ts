import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { EC2ServiceException } from '@aws-sdk/client-ec2'
import { awsProviderOf } from './lab-engine-aws.js'
import { azureProviderOf } from './lab-engine-azure.js'
import { googleProviderOf } from './lab-engine-google.js'
import type { CarryOut, Declared, Making, StandInProvider } from './lab-engine-kinds.js'

/**
 * Replaces OpenTofu's apply and destroy with a cloud's provider: it makes and removes a lab's resources
 * through the cloud's API, sends each request once, keeps a state in OpenTofu's form, imports, and prints
 * OpenTofu's messages. `STAND_IN_ENGINE_FAILS`: it fails after everything is made, and remembers nothing of
 * it. `STAND_IN_ENGINE_KILLED`: it is killed after that many changes at the cloud, before it writes down the
 * last one.
 */

interface Configuration {
  readonly terraform: { readonly backend: { readonly local: { readonly path: string } } }
  readonly provider: Readonly<Record<string, readonly { readonly region?: string }[]>>
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Declared>>>>
  readonly output: { readonly machines: { readonly value: Readonly<Record<string, object>> } }
  readonly import?: readonly { readonly to: string; readonly id: string }[]
}
/** `isTainted`: its creation did not finish. */
interface Known {
  readonly address: string
  readonly id: string
  readonly isTainted: boolean
  readonly attributes?: Readonly<Record<string, string>>
}

const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
const text = readFileSync('cdk.tf.json', 'utf8')
const configuration = JSON.parse(text) as Configuration
const { path } = configuration.terraform.backend.local
const provider = Object.keys(configuration.provider)[0] ?? ''
const { STAND_IN_ENGINE_FAILS: fails, STAND_IN_ENGINE_KILLED: killedAt } = process.env

let changes = 0
const carryOut: CarryOut = async (call) => {
  const answer = await call()
  if (++changes === Number(killedAt)) process.kill(process.pid, 'SIGKILL')
  return answer
}

function open(): StandInProvider {
  const region = configuration.provider[provider]?.[0]?.region ?? ''
  const imageLike = (pattern: RegExp): string => pattern.exec(text)?.[0] ?? ''
  if (provider === 'aws') return awsProviderOf(region, imageLike(/\bami-[0-9a-f]{8,}/), carryOut)
  if (provider === 'google')
    return googleProviderOf(region, imageLike(/projects\/[^"/]+\/global\/images\/[^"/]+/), carryOut)
  const [group] = Object.values(configuration.resource?.['azurerm_resource_group'] ?? {})
  return azureProviderOf(String(group?.['location']), carryOut)
}

const { kinds, address } = open()
let known: Known[] = existsSync(path)
  ? knownIn(JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof stateOf>)
  : []
const kindOf = ({ address: place }: Pick<Known, 'address'>) => kinds[place.split('.')[0] ?? '']

function knownIn({ resources }: ReturnType<typeof stateOf>): Known[] {
  return resources.flatMap(({ type, name, instances }) =>
    instances.map(({ attributes: { id, ...attributes }, status }) => ({
      address: `${type}.${name}`,
      id,
      isTainted: status === 'tainted',
      attributes,
    })),
  )
}

function stateOf(all: readonly Known[]) {
  return {
    version: 4,
    terraform_version: '1.12.6',
    serial: 1,
    lineage: 'stand-in',
    outputs: {},
    resources: all.map(({ address: place, id, isTainted, attributes }) => {
      const [type = '', name = ''] = place.split('.')
      return {
        mode: 'managed',
        type,
        name,
        provider: `provider["registry.opentofu.org/hashicorp/${provider}"]`,
        instances: [
          {
            schema_version: 0,
            attributes: { ...attributes, id },
            ...(isTainted ? { status: 'tainted' } : {}),
          },
        ],
      }
    }),
  }
}

function remember(all: Known[]): void {
  known = all
  if (fails === undefined) writeFileSync(path, JSON.stringify(stateOf(all)))
}

/** `${type.name.id}`, or a text that begins with it; a text without a reference is an id. */
function idOf(reference: unknown): string {
  const [, place] = /\$\{(?:\w+\()?([a-z_]+\.\w+)/.exec(String(reference)) ?? []
  return place === undefined ? String(reference) : (known.find((each) => each.address === place)?.id ?? '')
}

async function apply(): Promise<void> {
  for (const { to, id } of configuration.import ?? [])
    if (!known.some((each) => each.address === to))
      remember([
        ...known,
        { address: to, isTainted: false, ...(kindOf({ address: to })?.imported?.(id) ?? { id }) },
      ])
  for (const each of known)
    if (!(await kindOf(each)?.isThere(each.id))) remember(known.filter((other) => other !== each))
  for (const each of known.filter(({ isTainted }) => isTainted).toReversed()) {
    await kindOf(each)?.remove(each.id)
    remember(known.filter((other) => other !== each))
  }
  for (const [type, kind] of Object.entries(kinds)) {
    for (const [name, declared] of Object.entries(configuration.resource?.[type] ?? {})) {
      const place = `${type}.${name}`
      if (known.some((each) => each.address === place)) continue
      const made: Making['made'] = (id, attributes = {}) =>
        remember([...known, { address: place, id, isTainted: true, attributes }])
      await kind.create(declared, { idOf, made })
      remember(known.map((each) => (each.address === place ? { ...each, isTainted: false } : each)))
    }
  }
  if (fails !== undefined) throw new Error('killed')
  const value: Record<string, object> = {}
  for (const [index, [name, declared]] of Object.entries(configuration.output.machines.value).entries()) {
    const privateAddress = 'privateAddress' in declared ? { privateAddress: `10.77.0.${10 + index}` } : {}
    value[name] = { address: await address(name, idOf), ...privateAddress, port: 22, user: 'admin' }
  }
  say({ type: 'outputs', outputs: { machines: { value } } })
}

async function destroy(): Promise<void> {
  const order = Object.keys(kinds).reverse()
  const rank = ({ address: place }: Known): number => order.indexOf(place.split('.')[0] ?? '')
  for (const each of known.toSorted((one, other) => rank(one) - rank(other))) {
    if (await kindOf(each)?.isThere(each.id)) await kindOf(each)?.remove(each.id)
    remember(known.filter((other) => other !== each))
  }
  rmSync(path, { force: true })
}

const [verb = ''] = process.argv.slice(2)
try {
  if (verb === 'apply') await apply()
  if (verb === 'destroy') await destroy()
} catch (error) {
  const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  // In the AWS provider's words for a refusal.
  const summary =
    error instanceof EC2ServiceException
      ? `operation error EC2, https response error StatusCode: ${error.$metadata.httpStatusCode}, RequestID: 0, api error ${told}`
      : told
  say({ '@level': 'error', type: 'diagnostic', diagnostic: { severity: 'error', summary } })
  process.exitCode = 1
}
