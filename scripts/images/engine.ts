import { join } from 'node:path'
import type { ImageOutput } from '../../stacks/outputs.js'
import { synthesiseImage } from '../../stacks/imported-image.js'
import type { ImageSpec } from '../../stacks/registry.js'
import type { Engine } from '../engine/resolve.js'
import { apply, destroy } from '../engine/tofu.js'
import { initialiseEngine, runOperation, settleEngine } from '../lab/engine-session.js'
import { prepareWorkFolder } from '../engine/work-folder.js'
import { CONFIGURATION, localName, putFile, workFolder } from '../workspace.js'
import type { ImageSession } from './gate.js'

type Detail = (text: string) => void

/** Has OpenTofu make the image, or find that it is correct. */
export async function registerImage(
  session: ImageSession,
  engine: Engine,
  spec: ImageSpec,
  detail: Detail,
): Promise<ImageOutput> {
  const folder = await initialised(session, engine, spec, detail)
  const outputs = await runOperation(session, engine, folder, detail, (run) => apply(run))
  // As every stack declares it.
  return outputs['image'] as ImageOutput
}

/** Has OpenTofu remove what its state says it made. */
export async function unregisterImage(
  session: ImageSession,
  engine: Engine,
  spec: ImageSpec,
  detail: Detail,
): Promise<void> {
  const folder = await initialised(session, engine, spec, detail)
  await runOperation(session, engine, folder, detail, destroy)
}

async function initialised(
  session: ImageSession,
  engine: Engine,
  spec: ImageSpec,
  detail: Detail,
): Promise<string> {
  await settleEngine(session, 'wait')
  const { space } = session.context
  const folder = await prepareWorkFolder(space, workFolder(space, localName(session.lease.lab)))
  await putFile(join(folder, CONFIGURATION), await synthesiseImage(spec))
  await initialiseEngine(session, engine, folder, spec.state, detail)
  return folder
}
