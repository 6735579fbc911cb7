import type { MachineAt } from '../cloud-machines.js'
import type { GoogleCloud } from './google-cloud.js'

/** The machines of the stand-in, with the user and the keys that their metadata names, as Google's guest agent reads it. */
export const googleMachineAt =
  (cloud: GoogleCloud): MachineAt =>
  async (address) => {
    const instance = cloud.made.instances.find(
      ({ networkInterfaces: [card] }) => card?.accessConfigs[0]?.natIP === address,
    )
    if (instance?.status !== 'RUNNING') return undefined
    const lines = (instance.metadata.items.find(({ key }) => key === 'ssh-keys')?.value ?? '').split('\n')
    const users = new Set(lines.map((line) => line.slice(0, line.indexOf(':'))))
    const [user, other] = users
    if (user === undefined || other !== undefined) throw new Error(`not one user: ${lines.join()}`)
    const authorizedKeys = lines.map((line) => line.slice(line.indexOf(':') + 1))
    return { id: String(instance['id']), user, authorizedKeys }
  }
