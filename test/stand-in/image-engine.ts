import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { applyAzure, destroyAzure, type DeclaredImage } from './image-engine-azure.js'

/**
 * Replaces OpenTofu with Google's or Azure's provider, where that is not available. It makes and removes the
 * one image of a configuration through the cloud's API, keeps a list of what it made in place of the state,
 * and prints OpenTofu's messages.
 */

interface Configuration {
  readonly terraform: { readonly backend: { readonly local: { readonly path: string } } }
  readonly resource: {
    readonly google_compute_image?: { readonly image: Declared }
    readonly azurerm_image?: { readonly image: DeclaredImage }
  }
}

interface Declared {
  readonly name: string
  readonly family?: string
  readonly labels: Readonly<Record<string, string>>
  readonly raw_disk: { readonly source: string }
  readonly guest_os_features: readonly { readonly type: string }[]
}

const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
const endpoint = `${process.env['GOOGLE_COMPUTE_CUSTOM_ENDPOINT']}projects/${process.env['GOOGLE_PROJECT']}`

async function ask(method: string, path: string, body?: object): Promise<{ readonly diskSizeGb?: string }> {
  const response = await fetch(`${endpoint}/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = (await response.json()) as { error?: { message: string; errors: { reason: string }[] } }
  if (response.ok) return answer as object
  const reasons = answer.error?.errors.map(({ reason }) => reason).join(', ')
  throw new Error(`googleapi: Error ${response.status}: ${answer.error?.message}, ${reasons}`)
}

async function apply(declared: Declared | undefined, state: string): Promise<void> {
  if (declared === undefined) throw new Error('it knows images only')
  const { name, family, labels, raw_disk, guest_os_features } = declared
  if (!existsSync(state)) {
    const made = { name, family, labels, rawDisk: raw_disk, guestOsFeatures: guest_os_features }
    await ask('POST', 'global/images', made)
    writeFileSync(state, name)
  }
  const { diskSizeGb } = await ask('GET', `global/images/${name}`)
  const id = `projects/${process.env['GOOGLE_PROJECT']}/global/images/${name}`
  say({ type: 'outputs', outputs: { image: { value: { id, diskGiB: Number(diskSizeGb) } } } })
}

async function destroy(state: string): Promise<void> {
  if (!existsSync(state)) return
  await ask('DELETE', `global/images/${readFileSync(state, 'utf8')}`)
  rmSync(state)
}

const [verb = ''] = process.argv.slice(2)
if (verb === 'version') say({ terraform_version: '1.12.6' })
if (verb === 'apply' || verb === 'destroy') {
  const { terraform, resource } = JSON.parse(readFileSync('cdk.tf.json', 'utf8')) as Configuration
  const { path } = terraform.backend.local
  const image = resource.google_compute_image?.image
  const onAzure = resource.azurerm_image?.image
  const carryOut = async (): Promise<void> => {
    if (onAzure === undefined) return verb === 'apply' ? apply(image, path) : destroy(path)
    if (verb === 'apply') say({ type: 'outputs', outputs: await applyAzure(onAzure, path) })
    else await destroyAzure(path)
  }
  await carryOut().catch((error: unknown) => {
    const diagnostic = {
      severity: 'error',
      summary: `Error creating Image: ${(error as Error).message}`,
      detail: '',
    }
    say({ type: 'diagnostic', diagnostic })
    process.exitCode = 1
  })
}
