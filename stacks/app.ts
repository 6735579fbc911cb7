import { App, TerraformStack } from './cdktf.js'
import { buildLab, type LabSpec } from './registry.js'
import { buildStateBlock } from './state-block.js'
import { escapeTemplates } from './templates.js'

/** The lab's stack within an app: OpenTofu's state backend and everything the lab consists of. */
export async function buildLabStack(app: App, spec: LabSpec): Promise<TerraformStack> {
  // constructs keeps children in a plain object: a child called `constructor` would seem to exist already.
  const stack = new TerraformStack(app, `lab-${spec.lab}`)
  buildStateBlock(stack, escapeTemplates(spec.state))
  await buildLab(stack, spec)
  return stack
}

/** An existing thing that OpenTofu must take into the state. */
export interface Import {
  /** The resource that declares it: `aws_instance.main`. */
  readonly address: string
  readonly importId: string
  /** The machine's name, if it is a machine. */
  readonly machine?: string | undefined
}

/**
 * What the engine reads (`cdk.tf.json`); pure except for cdktf's own temporary app. An imported machine may
 * be changed, but is not destroyed and recreated.
 */
export async function synthesiseLab(spec: LabSpec, imports: readonly Import[] = []): Promise<string> {
  const stack = await buildLabStack(new App({ stackTraces: false }), spec)
  stack.prepareStack()
  const document = stack.toTerraform() as Document
  return `${JSON.stringify(imports.length === 0 ? document : withImports(document, imports), null, 2)}\n`
}

interface Resource {
  readonly lifecycle?: object
}
type Resources = Readonly<Record<string, Readonly<Record<string, Resource>>>>
interface Document {
  readonly resource?: Resources
}

/** CDKTF wants to know the imports when the stack is created. */
function withImports(document: Document, imports: readonly Import[]): object {
  const blocks = imports.map(({ address, importId }) => ({ to: address, id: escapeTemplates(importId) }))
  const machines = new Set(
    imports.flatMap(({ address, machine }) => (machine === undefined ? [] : [address])),
  )
  const kept = Object.entries(document.resource ?? {}).map(([type, named]) => [
    type,
    Object.fromEntries(
      Object.entries(named).map(([name, resource]) => [
        name,
        machines.has(`${type}.${name}`) ? keeping(resource) : resource,
      ]),
    ),
  ])
  return { ...document, import: blocks, resource: Object.fromEntries(kept) as Resources }
}

const keeping = (resource: Resource): Resource => ({
  ...resource,
  lifecycle: { ...resource.lifecycle, prevent_destroy: true },
})

/** The app that `cdktf` runs: a stack for each lab, written where `cdktf` looks for them. */
export async function synthesiseApp(specs: readonly LabSpec[]): Promise<void> {
  const app = new App()
  for (const spec of specs) await buildLabStack(app, spec)
  app.synth()
}
