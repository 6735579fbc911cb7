import { join } from 'node:path'
import { synthesiseLab } from '../../stacks/app.js'
import type { LabSpec } from '../../stacks/spec.js'
import { ensureFolder, putFile, workFolder } from '../workspace.js'
import type { Session } from './gate.js'

/** Writes what the engine reads, anew each time: the work folder is a cache. */
export async function writeConfiguration(session: Session, spec: LabSpec): Promise<string> {
  const folder = await ensureFolder(workFolder(session.context.space, session.lab))
  await putFile(join(folder, 'cdk.tf.json'), await synthesiseLab(spec))
  return folder
}
