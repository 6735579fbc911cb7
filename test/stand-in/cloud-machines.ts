import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { generateKeyPair } from '../../scripts/machine/key-pair.js'
import { makeGuest } from './guest.js'
import type { StandInMachine } from './machine.js'
import { buildSshServer } from './ssh-server.js'

/** A machine of an emulated cloud, as SSH sees it. */
export interface CloudMachine {
  /** The same value means the same machine: it keeps its home and its host key. */
  readonly id: string
  readonly user: string
  /** In authorized_keys form. */
  readonly authorizedKeys: readonly string[]
}

/** What the cloud has at an address. */
export type MachineAt = (address: string | undefined) => Promise<CloudMachine | undefined>

/**
 * The SSH side of an emulated cloud's machines: at each machine's address a server accepts its keys, for its
 * user. Needs a network where every address is this computer's.
 */
export class CloudMachines {
  readonly #server: Server
  readonly #known = new Map<string, StandInMachine>()

  private constructor(
    private readonly machineAt: MachineAt,
    private readonly root: string,
  ) {
    this.#server = createServer((socket) => {
      socket.on('error', () => undefined)
      void this.#answer(socket).catch(() => socket.destroy())
    })
  }

  /** `root`: for the machines' homes, each under its id. */
  static async start(machineAt: MachineAt, root: string): Promise<CloudMachines> {
    const machines = new CloudMachines(machineAt, root)
    machines.#server.listen(22, '0.0.0.0')
    await once(machines.#server, 'listening')
    return machines
  }

  stop(): void {
    this.#server.close()
  }

  async #answer(socket: Socket): Promise<void> {
    const machine = await this.machineAt(socket.localAddress)
    // Like an address without a machine: a router on the way refuses.
    if (machine === undefined) return void socket.destroy()
    const made = this.#known.get(machine.id) ?? makeMachine(join(this.root, machine.id), machine)
    this.#known.set(machine.id, made)
    buildSshServer(made, () => ({})).accept(socket)
  }
}

function makeMachine(folder: string, { id, user, authorizedKeys }: CloudMachine): StandInMachine {
  mkdirSync(folder, { recursive: true })
  const guest = makeGuest(folder)
  // Commands for the machine's own system must never reach this computer's.
  const harmless = { id: 'echo 1000', sudo: `printf '%s\\n' "$*" >>"$HOME/sudo.log"`, poweroff: 'exit 1' }
  for (const [name, script] of Object.entries(harmless)) {
    const program = join(guest.home, '.bin', name)
    writeFileSync(program, `#!/bin/sh\n${script}\n`)
    chmodSync(program, 0o755)
  }
  return {
    folder,
    guest,
    port: 22,
    hostKey: generateKeyPair(id).private,
    user,
    authorizedKeys: authorizedKeys.map((line) => Buffer.from(line.split(' ')[1] ?? '', 'base64')),
  }
}
