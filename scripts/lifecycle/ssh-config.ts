import { BackendError } from '../../backend/errors.js'
import type { AnyLab } from '../../backend/lab.js'
import { listLiving } from '../../backend/record.js'
import type { Outcome } from '../command.js'
import { spaceOf, type Context } from '../context.js'
import { LabError } from '../errors.js'
import { explain } from '../explain.js'
import { EXIT } from '../explain/explanation.js'
import { assertHere } from '../lab/here.js'
import { requireIdentity, sshHostsOf, writeLabSshConfig } from '../lab/reach.js'
import { isElsewhere, labNameOf, requireLab } from '../lab/target.js'
import { knownHostsFile, sshAlias } from '../machine/ssh-config.js'
import { formsOf, type Form, type ReachableLab } from '../ssh-names/forms.js'
import { excludeNames } from '../ssh-names/offer.js'

/** Prints how to reach one lab, or every lab of this backend that can be reached from here. */
export async function printSshConfig(
  context: Context,
  positional: string | undefined,
  form: Form,
): Promise<Outcome> {
  if (positional !== undefined) {
    const lab = await requireLab(context, labNameOf(context, positional))
    return formsOf[form]([await reachable(context, lab)])
  }
  const { labs, unreadable } = await listLiving(await context.store())
  const found: ReachableLab[] = []
  const problems = unreadable.map((error) => explain(error).message)
  for (const lab of labs.filter((each) => !isElsewhere(context, each))) {
    const one = await reachable(context, lab).catch((error: unknown) => {
      if (!(error instanceof LabError || error instanceof BackendError)) throw error
      return `${lab.lab} is left out: ${explain(error).message}`
    })
    if (typeof one === 'string') problems.push(one)
    else found.push(one)
  }
  for (const problem of problems) context.progress.say(problem)
  return { ...formsOf[form](found), ...(unreadable.length === 0 ? {} : { exitCode: EXIT.failed }) }
}

/** Also writes the files that are named in it. Throws LabError lab-not-ready, or why it cannot be reached from here. */
async function reachable(context: Context, lab: AnyLab): Promise<ReachableLab> {
  assertHere(context, lab)
  const notReady = new LabError({ code: 'lab-not-ready', lab: lab.lab, state: lab.state })
  if (lab.state === 'destroyed') throw notReady
  const identity = await requireIdentity(context, lab)
  const hosts = sshHostsOf(context, lab).flatMap((host) => {
    const machine = lab.machines.find(({ name }) => sshAlias(lab.lab, name) === host.alias)
    return machine === undefined || host.hostKey === null ? [] : [{ ...host, machine: machine.name }]
  })
  if (hosts.length === 0) throw notReady
  await writeLabSshConfig(context, lab, identity)
  return { lab: lab.lab, identity, hosts, knownHosts: knownHostsFile(spaceOf(context, lab), lab.lab) }
}

export async function removeLine(context: Context): Promise<Outcome> {
  const removal = await excludeNames(context)
  const { file, removed } = removal
  if (context.settings.sshConfig === true)
    context.progress.say('The setting sshConfig is true, so the next up adds the line again.')
  const text = removed ? `Removed the line of distrolab from ${file}.` : `${file} has no line of distrolab.`
  return { text, json: removal }
}
