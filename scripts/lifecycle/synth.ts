import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readRecord } from '../../backend/record.js'
import { synthesiseLab } from '../../stacks/app.js'
import type { Outcome } from '../command.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { quoteForShell } from '../machine/shell.js'
import { ensureFolder } from '../workspace.js'
import { labNameOf } from './target.js'
import { decide, planLab } from './plan-lab.js'

/**
 * The files of a lab as it is recorded, or of a profile as `up` would make it. They keep the lab's own state
 * location, so plain `tofu` sees and can destroy what `up` made. No credentials are needed, nothing is changed.
 */
export async function synthesise(
  context: Context,
  positional: string | undefined,
  out: string | undefined,
): Promise<Outcome> {
  const lab = labNameOf(context, positional)
  const known = (await readRecord(await context.store(), lab))?.lab
  const living = known?.state === 'destroyed' ? undefined : known
  const plan = await planLab(context, lab, living)
  const facts = living ?? { lab, ...(await decide(context, plan)), createdAt: '' }
  const text = synthesiseLab(plan.hooks.buildSpec(context, facts, plan.profile))
  if (out === undefined) return { text: text.trimEnd(), json: JSON.parse(text) as unknown }
  const folder = resolve(out)
  const file = join(folder, 'cdk.tf.json')
  try {
    await ensureFolder(folder, 0o755)
    await writeFile(file, text, { mode: 0o600 })
  } catch (error) {
    throw new LabError(
      { code: 'folder-unwritable', place: file, reason: (error as Error).message },
      { cause: error },
    )
  }
  const next = `cd ${quoteForShell(folder)} && tofu init && tofu plan`
  return { text: `Wrote ${file}\n${next}`, json: { lab, folder, files: [file] } }
}
