import { parse } from 'yaml'
import type { TestAzure } from './azure.js'
import type { Thing } from './azure-resources.js'
import type { MachineAt } from './cloud-machines.js'

interface Profile {
  readonly adminUsername: string
  readonly customData: string
  readonly linuxConfiguration: {
    readonly ssh: { readonly publicKeys: readonly { readonly keyData: string }[] }
  }
}

const profileOf = ({ properties }: Thing): Profile => properties['osProfile'] as Profile

/** The machine whose card has the public address. */
export const azureMachineAt =
  (azure: TestAzure): MachineAt =>
  async (address) => {
    const { all } = azure.resources
    const place = all.find(({ properties }) => properties['ipAddress'] === address)
    const card = all.find(
      ({ type, properties }) => type.endsWith('/networkInterfaces') && mentions(properties, place),
    )
    const machine = all.find(
      ({ type, properties }) => type.endsWith('/virtualMachines') && mentions(properties, card),
    )
    if (machine === undefined || machine.properties['power'] !== 'running') return undefined
    const { adminUsername: user, linuxConfiguration } = profileOf(machine)
    const authorizedKeys = linuxConfiguration.ssh.publicKeys.map(({ keyData }) => keyData)
    return { id: String(machine.properties['vmId']), user, authorizedKeys }
  }

const mentions = (properties: Thing['properties'], thing: Thing | undefined): boolean =>
  thing !== undefined && JSON.stringify(properties).toLowerCase().includes(`"${thing.id.toLowerCase()}"`)

/** The user data that a machine got when it was made. */
export function azureUserData(machine: Thing): Record<string, unknown> {
  const text = Buffer.from(profileOf(machine).customData, 'base64').toString('utf8')
  if (!text.startsWith('#cloud-config\n')) throw new Error(`user data is no cloud-config: ${text}`)
  return parse(text) as Record<string, unknown>
}
