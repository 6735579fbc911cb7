import { locationUrl, type BackendLocation } from '../../backend/location.js'
import { openSetup } from '../../backend/open-setup.js'
import { policiesOf } from '../../backend/policies.js'
import { isPublic, settle, type Settled, type Setup, type Visibility } from '../../backend/setup.js'
import { confirm } from '../confirm.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import type { InitResult } from './init-result.js'
import { proveConditions } from './prove-conditions.js'
import { renderSettled } from '../report/backend-text.js'

/**
 * Creates or adopts the place of the records; correct settings stay as they are. Throws BackendError
 * `store-no-conditions` for a server on which labs could not be locked.
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

/** If it fails, it says what was already done. */
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

/** A blocked setting may still show as open for a while, because a bucket's settings take time. */
function afterBlocking(settings: readonly Settled[], { open, blocked, untold }: Visibility): Visibility {
  const block = settings.find(({ aspect }) => aspect === 'public access')
  if (block === undefined || block.outcome === 'unsupported') return { open, blocked, untold }
  return { open: [], blocked: [...blocked, ...open], untold }
}

/** Someone may have made the bucket public on purpose, for a website, which would stop working. */
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
