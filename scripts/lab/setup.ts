import { resolveDistro } from '../../distro-catalog/resolve.js'
import { onEachMachine } from '../each-machine.js'
import type { Connection } from '../machine/connect.js'
import { runSetup } from '../machine-setup/run.js'
import { assertInstallable, assertSetupHere } from './planned-setup.js'
import type { PlannedSetup } from './setup-source.js'
import { stepControl, type Work } from './work.js'

/** The step, if the lab has it. */
export const setupSteps = ({ setup }: { readonly setup: PlannedSetup | undefined }): readonly 'setup'[] =>
  setup === undefined ? [] : ['setup']

/** The step `setup`. `connections` in the order of the lab's machines. A machine on which it was done is left as it is. */
export async function setUpMachines(work: Work, connections: readonly Connection[]): Promise<void> {
  const { session, plan, steps } = work
  const { context, log, writer } = session
  const { setup } = plan
  if (setup === undefined) return
  assertSetupHere(session.lab, setup)
  const catalog = await context.catalog()
  const machines = (writer.lab?.machines ?? []).flatMap(({ name, user, distro }, index) => {
    const [connection, own] = [connections[index], setup.machines?.get(name)]
    if (connection === undefined || own === undefined) return []
    const release = resolveDistro(catalog, distro ?? plan.profile.distro.name)
    assertInstallable(own, release)
    return [{ name, user, connection, own, manager: release.packageManager }]
  })
  await steps.run('setup', async (detail) => {
    await onEachMachine(
      machines,
      stepControl(work, detail),
      async ({ name, user, connection, own, manager }, step) => {
        const onLine = (line: string): void => {
          log.info('setup', { machine: name, output: line })
          step.detail(line)
        }
        const outcome = await runSetup(connection, own, { user, manager, signal: step.signal, onLine })
        log.info('setup ended', { machine: name, outcome })
      },
    )
  })
}
