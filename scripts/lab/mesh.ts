import { MESH_NONE } from '../../backend/forms.js'
import { onEachMachine } from '../each-machine.js'
import type { Connection } from '../machine/connect.js'
import { hostsScript, meshScript } from '../mesh/guest-files.js'
import { hostsOf } from '../mesh/hosts.js'
import { linksOf } from '../mesh/links.js'
import { makeOwnKey, runScript } from '../mesh/run-script.js'
import { stepControl, type Work } from './work.js'

/** The steps about names and keys, if the lab has any. */
export const meshSteps = ({ mesh }: { readonly mesh: string | undefined }): readonly ('hosts' | 'keys')[] => {
  if (mesh === undefined) return []
  return mesh === MESH_NONE ? ['hosts'] : ['hosts', 'keys']
}

/** The steps `hosts` and `keys`, which may be repeated. `connections` in the order of the lab's machines. */
export async function introduceMachines(work: Work, connections: readonly Connection[]): Promise<void> {
  const { session, plan, steps } = work
  const { mesh } = plan
  const { lab } = session.writer
  if (mesh === undefined || lab === undefined) return
  const hosts = hostsOf(lab.lab, lab.machines)
  const machines = lab.machines.flatMap(({ name, user }, index) => {
    const connection = connections[index]
    return connection === undefined ? [] : [{ name, user, connection }]
  })
  await steps.run('hosts', async (detail) => {
    const script = hostsScript(hosts)
    await onEachMachine(machines, stepControl(work, detail), ({ user, connection }, { signal }) =>
      runScript(connection, script, { user, asRoot: true, signal }),
    )
  })
  const links = linksOf(mesh, lab.machines)
  if (links.length === 0) return
  await steps.run('keys', async (detail) => {
    const publicKeys = new Map<string, string>()
    const control = stepControl(work, detail)
    const senders = machines.filter(({ name }) => links.some(({ from }) => from === name))
    await onEachMachine(senders, control, async ({ name, user, connection }, { signal }) => {
      publicKeys.set(name, await makeOwnKey(connection, { user, signal }))
    })
    await onEachMachine(machines, control, ({ name, user, connection }, { signal }) => {
      const accepted = links.flatMap(({ from, to }) => (to === name ? (publicKeys.get(from) ?? []) : []))
      const targets = new Set(links.flatMap(({ from, to }) => (from === name ? [to] : [])))
      const reached = hosts.filter(({ machine }) => targets.has(machine.name))
      return runScript(connection, meshScript({ accepted, reached }), { user, signal })
    })
  })
}
