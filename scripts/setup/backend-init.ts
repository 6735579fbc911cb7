import { locationUrl, type BackendLocation } from '../../backend/location.js'
import { openSetup } from '../../backend/open-setup.js'
import { policiesOf, type Policy } from '../../backend/policies.js'
import { isPublic, settle, type Settled, type Setup, type Visibility } from '../../backend/setup.js'
import { confirm } from '../confirm.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { proveConditions } from './prove-conditions.js'
import { renderSettled } from '../report/backend-text.js'

export interface InitResult {
  readonly url: string
  readonly kind: BackendLocation['kind']
  readonly place: 'made' | 'found'
  /** Whether this run changed anything. */
  readonly changed: boolean
  readonly settings: readonly Settled[]
  /** Whether everybody can read there now; null where that was not told in full. */
  readonly public: boolean | null
  readonly visibility: Visibility
  readonly policies: readonly Policy[]
}

/**
 * Makes or adopts the place of the records; what is right already stays as it is. Throws BackendError
 * `store-no-conditions` of a server where labs could not be locked.
 */
export async function initBackend(context: Context, gcsLocation: string | undefined): Promise<InitResult> {
  const { location, interrupt } = context
  const setup = await openSetup(location, {
    ...gcsLocationOption(location, gcsLocation),
    patience: { until: interrupt.signal },
  })
  const place = await setup.make()
  await proveConditions(context)
  if (place === 'found') await confirmBlocking(context, setup)
  const settings = await settleAll(context, setup)
  const visibility = afterBlocking(settings, await setup.visibility())
  return {
    url: locationUrl(location),
    kind: location.kind,
    place,
    changed: place === 'made' || settings.some(({ outcome }) => outcome === 'changed'),
    settings,
    public: isPublic(visibility),
    visibility,
    policies: await policiesOf(location),
  }
}

/** When it does not come to the end, what was done by then is said. */
async function settleAll({ progress }: Context, setup: Setup): Promise<Settled[]> {
  const settings: Settled[] = []
  try {
    for (const aspect of setup.aspects) settings.push(await settle(aspect, setup))
    return settings
  } catch (error) {
    for (const settled of settings) progress.say(renderSettled(settled))
    throw error
  }
}

/** What was just blocked may be shown as open for a while: settings of a bucket take their time. */
function afterBlocking(settings: readonly Settled[], { open, blocked, untold }: Visibility): Visibility {
  const block = settings.find(({ aspect }) => aspect === 'public access')
  if (block === undefined || block.outcome === 'unsupported') return { open, blocked, untold }
  return { open: [], blocked: [...blocked, ...open], untold }
}

/** Somebody may have made that bucket public on purpose, for a site: it would go dark. */
async function confirmBlocking(context: Context, setup: Setup): Promise<void> {
  if (setup.aspects.length === 0) return
  const { open } = await setup.visibility()
  if (open.length === 0) return
  const found = `This bucket is PUBLIC: ${open.join(', ')}.`
  context.progress.say(found)
  await confirm(context, {
    command: 'backend init',
    question: 'Block all public access to it?',
    unattended: 'proceed',
  })
}

function gcsLocationOption(
  { kind }: BackendLocation,
  gcsLocation: string | undefined,
): { readonly gcsLocation?: string } {
  if (gcsLocation === undefined) return {}
  if (kind === 'gcs') return { gcsLocation }
  const problem = `--location is for gs:// only: ${kind === 's3' ? 'the region of an S3 bucket is in its URL' : 'a folder has none'}.`
  throw new LabError({ code: 'usage', command: 'backend init', problem })
}
