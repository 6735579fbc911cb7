import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { DescribeImagesCommand, DescribeInstanceAttributeCommand, type Instance } from '@aws-sdk/client-ec2'
import { parse } from 'yaml'
import { loadCatalog } from '../../distro-catalog/load.js'
import { resolveOffer } from '../../distro-catalog/resolve.js'
import { generateKeyPair } from '../../scripts/machine/key.js'
import type { TestAws } from '../services/aws.js'
import { makeGuest } from './guest.js'
import type { StandInMachine } from './machine.js'
import { buildSshServer } from './ssh-server.js'

/**
 * The machines of an emulated AWS, as far as SSH sees them: at the address of each instance there answers one that takes the
 * keys of its user data, for the user of its image. Needs a network where every address is this computer's.
 */
export class AwsMachines {
  readonly #server: Server
  readonly #known = new Map<string, Promise<StandInMachine>>()

  private constructor(
    private readonly aws: TestAws,
    private readonly region: string,
    private readonly root: string,
  ) {
    this.#server = createServer((socket) => {
      socket.on('error', () => undefined)
      void this.#answer(socket).catch(() => socket.destroy())
    })
  }

  static async start(aws: TestAws, region: string, root: string): Promise<AwsMachines> {
    const machines = new AwsMachines(aws, region, root)
    machines.#server.listen(22, '0.0.0.0')
    await once(machines.#server, 'listening')
    return machines
  }

  stop(): void {
    this.#server.close()
  }

  /** What an instance was told when it was made. */
  async userData(id = ''): Promise<Record<string, unknown>> {
    const { UserData } = await this.aws.with(this.region, (client) =>
      client.send(new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' })),
    )
    const text = Buffer.from(UserData?.Value ?? '', 'base64').toString('utf8')
    if (!text.startsWith('#cloud-config\n')) throw new Error(`user data is no cloud-config: ${text}`)
    return parse(text) as Record<string, unknown>
  }

  async #answer(socket: Socket): Promise<void> {
    const { instances } = await this.aws.made(this.region)
    const instance = instances.find(({ PublicIpAddress }) => PublicIpAddress === socket.localAddress)
    const id = instance?.InstanceId
    // As where no machine is: somebody else's router says no.
    if (instance === undefined || id === undefined) return void socket.destroy()
    const machine = this.#known.get(id) ?? this.#make(instance, id)
    this.#known.set(id, machine)
    const made = await machine
    buildSshServer(made, () => ({})).accept(socket)
  }

  async #make(instance: Instance, id: string): Promise<StandInMachine> {
    const folder = join(this.root, id)
    mkdirSync(folder, { recursive: true })
    const guest = makeGuest(folder)
    // What is meant for the machine's own system must never reach that of the computer it stands on.
    const harmless = { id: 'echo 1000', sudo: `printf '%s\\n' "$*" >>"$HOME/sudo.log"`, poweroff: 'exit 1' }
    for (const [name, script] of Object.entries(harmless)) {
      const program = join(guest.home, '.bin', name)
      writeFileSync(program, `#!/bin/sh\n${script}\n`)
      chmodSync(program, 0o755)
    }
    const { ssh_authorized_keys: keys } = (await this.userData(id)) as { ssh_authorized_keys: string[] }
    return {
      ...{ folder, guest, port: 22, hostKey: generateKeyPair(id).private },
      user: await this.#userOf(instance.ImageId ?? ''),
      authorizedKeys: keys.map((line) => Buffer.from(line.split(' ')[1] ?? '', 'base64')),
    }
  }

  async #userOf(image: string): Promise<string> {
    const { Images = [] } = await this.aws.with(this.region, (client) =>
      client.send(new DescribeImagesCommand({ ImageIds: [image] })),
    )
    const { distros } = await loadCatalog()
    const distro = [...distros.values()].find(({ title }) => title === Images[0]?.Description)
    if (distro === undefined) throw new Error(`no distro has the image ${image}`)
    return resolveOffer(distro, 'aws').user
  }
}
