/** What a command shows or decides from the engine's `-json` output (https://opentofu.org/docs/internals/machine-readable-ui/). */
export type EngineEvent =
  | {
      readonly type: 'resource'
      readonly address: string
      readonly action: string
      readonly phase: ResourcePhase
    }
  | { readonly type: 'provisioner'; readonly address: string; readonly line: string }
  | { readonly type: 'diagnostic'; readonly diagnostic: Diagnostic }
  | { readonly type: 'outputs'; readonly outputs: Outputs }
  | { readonly type: 'installing'; readonly provider: string }
  | { readonly type: 'interrupted' }

/** The values of a configuration's outputs, by name, as they are at the end. */
export type Outputs = Readonly<Record<string, unknown>>

export type ResourcePhase = 'start' | 'complete' | 'errored'

export interface Diagnostic {
  readonly severity: 'error' | 'warning'
  readonly summary: string
  readonly detail: string
  /** What it is about, such as `aws_instance.main`, where it is about one thing. */
  readonly address?: string
}

interface Line {
  readonly type?: string
  readonly '@message'?: string
  readonly hook?: {
    readonly resource?: { readonly addr?: string }
    readonly action?: string
    readonly output?: string
  }
  readonly outputs?: Readonly<Record<string, { readonly value?: unknown }>>
  readonly diagnostic?: {
    readonly severity?: string
    readonly summary?: string
    readonly detail?: string
    readonly address?: string
  }
}

const PHASES: Readonly<Record<string, ResourcePhase>> = {
  apply_start: 'start',
  apply_complete: 'complete',
  apply_errored: 'errored',
}

/** One line of the stream, or undefined for what nobody needs (plans, other plain text). */
export function parseEngineLine(text: string): EngineEvent | undefined {
  const line = parseJson(text)
  if (line === undefined) return parseInitLine(text)
  const address = line.hook?.resource?.addr ?? ''
  const phase = PHASES[line.type ?? '']
  if (phase !== undefined) return { type: 'resource', address, action: line.hook?.action ?? '', phase }
  if (line.type === 'provision_progress')
    return { type: 'provisioner', address, line: line.hook?.output ?? '' }
  if (line.type === 'diagnostic' && line.diagnostic !== undefined) {
    const { severity, summary = '', detail = '', address: of } = line.diagnostic
    const diagnostic = {
      severity: severity === 'error' ? ('error' as const) : ('warning' as const),
      summary,
      detail,
    }
    return { type: 'diagnostic', diagnostic: of === undefined ? diagnostic : { ...diagnostic, address: of } }
  }
  if (line.type === 'outputs' && line.outputs !== undefined) {
    const values = Object.entries(line.outputs)
    if (values.length === 0) return undefined
    const outputs = values.map(([name, { value }]) => [name, value] as const)
    return { type: 'outputs', outputs: Object.fromEntries(outputs) }
  }
  if (line.type === 'log' && line['@message']?.includes('Interrupt received')) return { type: 'interrupted' }
  return undefined
}

/** `init` speaks to people: `- Installing hashicorp/aws v6.25.0...` */
function parseInitLine(text: string): EngineEvent | undefined {
  const provider = /^- Installing (\S+ v\S+?)\.\.\.$/.exec(text)?.[1]
  return provider === undefined ? undefined : { type: 'installing', provider }
}

function parseJson(text: string): Line | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** What a command shows of an event while it waits; undefined for what says nothing to people. */
export function describeEvent(event: EngineEvent): string | undefined {
  if (event.type === 'installing') return `downloading ${event.provider}`
  if (event.type === 'resource') return `${event.address} ${event.action} ${event.phase}`
  return event.type === 'interrupted' ? 'OpenTofu is stopping' : undefined
}
