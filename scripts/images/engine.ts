import { join } from 'node:path'
import type { ImageRecord } from '../../backend/image-record-schema.js'
import type { ImageOutput } from '../../stacks/outputs.js'
import { synthesiseImage, type ImageSpec } from '../../stacks/imported-image.js'
import type { Engine } from '../engine/resolve.js'
import { apply, destroy } from '../engine/tofu.js'
import {
  initialiseEngine,
  runOperation,
  settleEngine,
  type EngineSession,
} from '../lifecycle/engine-session.js'
import { prepareWorkFolder } from '../engine/work-folder.js'
import { CONFIGURATION, putFile, workFolder } from '../workspace.js'
import type { ImageSession } from './gate.js'
import { localName } from './subject.js'

type Detail = (text: string) => void

/** Has OpenTofu make the image, or find that it is correct. */
export async function registerImage(
  session: ImageSession,
  engine: Engine,
  spec: ImageSpec,
  detail: Detail,
): Promise<ImageOutput> {
  const { own, folder } = await initialised(session, engine, spec, detail)
  const outputs = await runOperation(own, engine, folder, detail, (run) => apply(run))
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
  const { own, folder } = await initialised(session, engine, spec, detail)
  await runOperation(own, engine, folder, detail, destroy)
}

async function initialised(session: ImageSession, engine: Engine, spec: ImageSpec, detail: Detail) {
  const own = engineSession(session)
  await settleEngine(own, 'wait')
  const { space } = session.context
  const folder = await prepareWorkFolder(space, workFolder(space, own.lab))
  await putFile(join(folder, CONFIGURATION), await synthesiseImage(spec))
  await initialiseEngine(own, engine, folder, spec.state, detail)
  return { own, folder }
}

/** The image in place of a lab: the engine is run, recorded and interrupted in the same way. */
function engineSession({ context, lease, writer, log, signal, subject }: ImageSession): EngineSession {
  const update = (change: Pick<ImageRecord, 'engine'>): Promise<ImageRecord> => writer.update(change)
  const record = {
    get lab() {
      return writer.record
    },
    update,
    defer: update,
  }
  return { context, lease, log, signal, lab: localName(subject.image), writer: record }
}
