import type { LabName } from '../../../backend/lab-name.js'
import type { Machine } from '../../../backend/record-schema.js'
import type { Context } from '../../context.js'
import { LabError } from '../../errors.js'
import { rearm } from '../../lab/expiry.js'
import { assertHere } from '../../lab/here.js'
import { assertInReach } from '../../lab/in-reach.js'
import { assertNotDestroyed, labNameOf, machineOf, requireLab } from '../../lab/target.js'
import type { LiveConsole } from '../../providers/provider.js'
import { providerOf } from '../../providers/registry.js'
import { writerTo } from '../../report/standard-streams.js'
import { streamCleaner } from './clean-stream.js'

/** Shows a machine's serial console: live until Ctrl-C where it is on this computer, else its end. Takes no lease. */
export async function showConsole(
  context: Context,
  positional: string | undefined,
  named: string | undefined,
): Promise<void> {
  const labName = labNameOf(context, positional)
  const lab = await requireLab(context, labName)
  assertNotDestroyed(lab)
  assertHere(context, lab)
  const machine = machineOf(lab, named)
  const hooks = await providerOf(lab.provider)
  if (hooks.console !== undefined) {
    await rearm(context, lab)
    return follow(context, labName, machine, hooks.console)
  }
  if (hooks.consoleTail === undefined)
    throw new LabError({
      code: 'console-absent',
      lab: lab.lab,
      machine: machine.name,
      provider: lab.provider,
    })
  await assertInReach(context, lab)
  const tail = await hooks.consoleTail(lab, machine)
  context.progress.say(
    `${lab.lab}/${machine.name}: ${lab.provider} shows only the end of a console, not a live one.`,
  )
  if (tail !== '') await show(streamCleaner()(Buffer.from(`${tail.trimEnd()}\n`)))
}

const show = (text: string): Promise<unknown> => Promise.resolve(writerTo(process.stdout)(Buffer.from(text)))

/** How often, in looks, the record is read while there is no console. */
const LOOKS_PER_READ = 10

async function follow(context: Context, lab: LabName, machine: Machine, console: LiveConsole): Promise<void> {
  const { progress, interrupt } = context
  const { name } = machine
  const clean = streamCleaner()
  progress.say(`The console of ${lab}/${name}, read-only. Ctrl-C ends it.`)
  let absent = 0
  for await (const found of console.follow(machine, interrupt.signal)) {
    if (found !== 'absent') {
      absent = 0
      if (!(await isShown(clean(found)))) return
    } else if (absent++ % LOOKS_PER_READ === 0) {
      const { state } = await requireLab(context, lab)
      if (state === 'destroyed') {
        progress.say(`${lab} is destroyed.`)
        return
      }
      if (absent === 1) progress.say(`${lab}/${name} has no console now; waiting for one.`)
    }
  }
}

/** False if no one reads any more. */
async function isShown(text: string): Promise<boolean> {
  try {
    await show(text)
    return true
  } catch {
    return false
  }
}
