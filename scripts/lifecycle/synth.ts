import { join, resolve } from 'node:path'
import { BackendError } from '../../backend/errors.js'
import type { AnyLab } from '../../backend/lab.js'
import type { LabName } from '../../backend/lab-name.js'
import type { Decided } from '../../backend/record-schema.js'
import { readRecord } from '../../backend/record.js'
import { synthesiseLab } from '../../stacks/app.js'
import type { Outcome } from '../command.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { explain } from '../explain.js'
import { runbookCommand } from '../explain/explanation.js'
import { typed } from '../report/typed.js'
import { asTyped } from '../report/as-typed.js'
import { ensureFolder, putFile } from '../workspace.js'
import { assertOwnFacts } from '../lab/own-facts.js'
import { labNameOf } from '../lab/target.js'
import { decide, draftLab, planLab } from '../lab/plan-lab.js'
import { assertSameLab } from '../lab/same-lab.js'

/**
 * The files of a recorded lab, or of a profile as `up` would make it. They keep the lab's own state location,
 * so plain `tofu` sees and can destroy what `up` made. Needs no credentials and changes nothing.
 */
export async function synthesise(
  context: Context,
  positional: string | undefined,
  out: string | undefined,
): Promise<Outcome> {
  const lab = labNameOf(context, positional)
  const living = await readLiving(context, lab)
  if (living !== undefined) await assertSameLab(context, living)
  const { hooks } = await draftLab(context, lab, living, 'known')
  const facts = living ?? { lab, ...(await decideNew(context, lab)), createdAt: '' }
  const text = await synthesiseLab(hooks.buildSpec(context, facts, await context.catalog(), []))
  if (out === undefined) return { text: text.trimEnd(), json: JSON.parse(text) as unknown }
  const folder = resolve(out)
  const file = join(folder, 'cdk.tf.json')
  await ensureFolder(folder, 0o755)
  await putFile(file, text)
  const page = asTyped(runbookCommand('destroy-by-hand'), context.env.viaNpm)
  const next = typed`cd ${folder} && tofu init && tofu plan`
  const needs =
    context.encryption === undefined ? '' : `    # the state is encrypted: set TF_ENCRYPTION as in: ${page}`
  return { text: `Wrote ${file}\n${next}${needs}`, json: { lab, folder, files: [file] } }
}

/**
 * With the key that a later `up` will use. Its time is not running yet, so the same profile gives the same
 * files.
 */
async function decideNew(context: Context, lab: LabName): Promise<Decided> {
  await context.ensureIds()
  return decide(context, await planLab(context, lab, undefined, 'known'), null)
}

const isOfNoUse = (error: unknown): boolean =>
  (error instanceof BackendError && error.fault.code === 'record-unreadable') ||
  (error instanceof LabError && error.fault.code === 'record-mismatch')

/** An unreadable record is reported; the profile alone still gives files, as a last way out. */
async function readLiving(context: Context, lab: LabName): Promise<AnyLab | undefined> {
  try {
    const known = (await readRecord(await context.store(), lab))?.lab
    if (known === undefined || known.state === 'destroyed') return undefined
    assertOwnFacts(context, known)
    return known
  } catch (error) {
    if (!isOfNoUse(error)) throw error
    context.progress.say(`${explain(error).message}\nUsing the profile alone.`)
    return undefined
  }
}
