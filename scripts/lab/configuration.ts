import { join } from 'node:path'
import { synthesiseLab, type Import } from '../../stacks/app.js'
import type { LabSpec } from '../../stacks/registry.js'
import { prepareWorkFolder } from '../engine/work-folder.js'
import { CONFIGURATION, putFile, workFolder } from '../workspace.js'
import type { Session } from './gate.js'

/** Writes the engine's input again each time, because the work folder is a cache. */
export async function writeConfiguration(
  session: Session,
  spec: LabSpec,
  imports: readonly Import[] = [],
): Promise<string> {
  const { space } = session.context
  const folder = await prepareWorkFolder(space, workFolder(space, session.lab))
  await putFile(join(folder, CONFIGURATION), await synthesiseLab(spec, imports))
  return folder
}
