import type { Machine } from '../../../backend/record-schema.js'
import { keysOn } from '../../../backend/lab-keys.js'
import { stateBackend } from '../../../backend/state-backend.js'
import { isLabName } from '../../../backend/lab-name.js'
import type { Catalog } from '../../../distro-catalog/catalog.js'
import { profileOfPair } from '../../../distro-catalog/profile.js'
import { resolveOffer } from '../../../distro-catalog/resolve.js'
import { resolveSize } from '../../../distro-catalog/size.js'
import { driverProgram } from '../../../stacks/local/driver-program.js'
import type { MachineSpec, StatusResult } from '../../../local-vm/protocol.js'
import { canBind } from '../../../local-vm/qemu/port.js'
import { powerOf } from '../../../local-vm/qemu/power.js'
import { planLocalLab, type LocalMachinePlan } from '../../../stacks/local/plan.js'
import { bootAddress, machineAddress } from '../../../stacks/local/addresses.js'
import { LOCAL_ADDRESS, machineId, privateAddressAt, sshPortCandidates } from '../../../stacks/naming.js'
import type { LocalLabSpec } from '../../../stacks/local/spec.js'
import { spaceOf } from '../../context.js'
import { onEachMachine } from '../../each-machine.js'
import { LabError } from '../../errors.js'
import { checkLocalPrerequisites } from '../../setup/prerequisites.js'
import { isOtherComputer } from '../../computer.js'
import { machineFolder } from '../../workspace.js'
import { callDriver } from './driver.js'
import { prepareLocalImage, sourceOf } from './image.js'
import { looking } from './in-process.js'
import { driverFaultOf, driverOptions, keyOf, placeOf } from './machine.js'
import { localNetwork, rearmNetwork } from './network.js'
import type { Enforcer, MakerProvider, PlannedMachine, StepControl } from '../provider.js'

/** A VM on this computer: OpenTofu owns its existence, the driver starts it again when it is off. */
export const local: MakerProvider<LocalLabSpec> = {
  // The driver is quick, unless someone has emptied the cache since the image was looked for.
  patience: { quietMs: 3 * 60_000, totalMs: 30 * 60_000 },

  baseline: {
    kind: 'snapshot',

    async take(machine, wait, step) {
      const request = { ...keyOf(machine), restWithinMs: wait === 'ready' ? REST_MS : 0 }
      const { taken } = await callDriver('baseline', request, driverOptions(step))
      return taken ? 'taken' : 'kept'
    },

    async restore(spec, names, step) {
      const { resetMachines } = await import('./reset.js')
      await resetMachines(
        names.map((name) => vmOf(spec, name)),
        step,
      )
    },

    isLost: (error) => LOST.has(driverFaultOf(error)?.code),
  },

  revival: {
    panicOf: async (machine) => (await lookAt(machine)).panic,

    async restart(spec, machine, step) {
      await callDriver('stop', keyOf(machine), driverOptions(step))
      await startMachine(spec, machine.name, step)
    },
  },

  here: {
    async processOf(machine) {
      const { presence, pid, port } = await lookAt(machine)
      return presence === 'running' && port === machine.port ? pid : undefined
    },

    power: (machine) => looking(powerOf(keyOf(machine))),

    async wake(machine, step) {
      const { wake } = await import('./wake.js')
      await wake(machine, step)
    },

    async rearm(context, lab) {
      if (isOtherComputer(context.space.home, lab.owner)) return
      const driver = await import('../../../local-vm/machine/rearm.js')
      const placed = lab.machines.filter(({ place }) => place !== undefined)
      await Promise.all(placed.map((machine) => driver.rearm(keyOf(machine), lab.expiresAt)))
      await rearmNetwork(lab)
    },

    async remove(machine, step) {
      const { removeMachine } = await import('./removal.js')
      await removeMachine(machine, step)
    },
  },

  expiry: {
    async enforcers(context, lab) {
      if (isOtherComputer(context.space.home, lab.owner)) return [{ name: WATCHDOG, state: 'unknown' }]
      const machines = await Promise.all(lab.machines.map(lookAt))
      return [{ name: WATCHDOG, state: watchdogState(machines, lab.expiresAt) }]
    },

    async move(_context, lab, step) {
      await onEachMachine(lab.machines, step, async (machine, { detail }) => {
        const request = { ...keyOf(machine), expiresAt: lab.expiresAt }
        await callDriver('extend', request, driverOptions({ ...step, detail })).catch(unlessAbsent)
      })
    },
  },

  network: localNetwork,

  stopping: {
    bill: 'It uses no memory now, only disk.',
    refusal: () => undefined,

    async stop(_lab, machine, step) {
      await callDriver('stop', keyOf(machine), driverOptions(step))
    },
  },

  console: {
    async *follow(machine, over) {
      const { followConsole } = await import('../../../local-vm/machine/follow-console.js')
      yield* followConsole(placeOf(machine), over)
    },
  },

  checkPrerequisites: checkLocalPrerequisites,

  resolveSize(profile, choice) {
    const own = process.arch === 'arm64' ? 'arm64' : 'x86_64'
    if (choice.architecture !== undefined && choice.architecture !== own) {
      throw notHere(
        `--arch: local machines have this computer's architecture, ${own}; got "${choice.architecture}"`,
      )
    }
    const { minimumDiskGiB } = resolveOffer(profile.distro, 'local')
    return resolveSize(profile.provider, { ...choice, minimumDiskGiB })
  },

  async place({ settings }, profile) {
    const region = settings.region ?? profile.region ?? 'local'
    const zone = settings.zone ?? profile.zone
    const isSpot = settings.spot ?? profile.spot ?? false
    if (!['auto', 'local'].includes(region))
      throw notHere(`--region: the only local region is local, got "${region}"`)
    if (zone !== undefined) throw notHere(`--zone: local has no zones, got "${zone}"`)
    if (isSpot) throw notHere('--spot: local machines cost nothing and are never reclaimed')
    const network = settings.network ?? profile.network ?? 'default'
    if (network !== 'default')
      throw notHere(`--network: local machines have no network of a cloud; got "${network}"`)
    return { region: 'local', costPerHourUsd: 0 }
  },

  async planMachines({ space }, lab, wished) {
    const machines: PlannedMachine[] = []
    for (const { name, profile } of wished) {
      const { user } = resolveOffer(profile.distro, 'local')
      const id = machineId(space.backendId, lab, name)
      const port = await freePort(id, new Set(machines.map((other) => other.port)))
      const place = machineFolder(space, lab, name)
      // A lab of one machine has no private network.
      const privateAddress = wished.length > 1 ? privateAddressAt(machines.length) : undefined
      const planned = { name, id, address: LOCAL_ADDRESS, port, user, hostKey: null, place }
      machines.push(privateAddress === undefined ? planned : { ...planned, privateAddress })
    }
    return machines
  },

  swapMachines(machines, profile) {
    const { user } = resolveOffer(profile.distro, 'local')
    return machines.map((machine) => ({ ...machine, user, hostKey: null }))
  },

  prepareImage: ({ space }, profile, _lab, pinned, step) =>
    prepareLocalImage(space.cache, profile, pinned, step),

  buildSpec(context, lab, catalog) {
    const { location } = context
    const space = spaceOf(context, lab)
    if (!isLabName(lab.lab)) throw new LabError({ code: 'lab-name-invalid', given: lab.lab })
    return planLocalLab({
      lab: lab.lab,
      profile: lab.profile,
      backendId: space.backendId,
      state: stateBackend(location, lab.lab),
      driver: driverProgram,
      machines: lab.machines.map((machine) => planMachine(machine, catalog)),
      authorizedKeys: keysOn(lab),
      cache: space.cache,
      instanceId: lab.createdAt.replaceAll(/[^0-9]/g, ''),
      isCold: context.settings.cold,
      expiresAt: lab.expiresAt,
    })
  },

  presence: async (_lab, machine) => (await lookAt(machine)).presence,

  replaceAddress: bootAddress,
  remakeAddress: machineAddress,

  async made(machine) {
    const { madeMachine } = await import('./made.js')
    return madeMachine(machine)
  },

  start: startMachine,

  async removeLeftovers(_context, lab, step) {
    const { removeLeft } = await import('./removal.js')
    const left = await onEachMachine(lab.machines, step, (machine, { detail }) =>
      removeLeft(machine, { ...step, detail }),
    )
    return { left: left.flat(), foreign: [], mayPass: false }
  },

  async consoleTail(_lab, machine) {
    const { lines } = await callDriver('console', { directory: placeOf(machine), lines: CONSOLE_LINES })
    return lines.join('\n')
  },
}

function planMachine(machine: Machine, catalog: Catalog): LocalMachinePlan {
  const { name, distro, size, image, user, port, privateAddress } = machine
  const profile = profileOfPair(catalog, distro, 'local')
  return {
    name,
    image: sourceOf(profile),
    imageId: image?.id ?? null,
    size,
    user,
    shell: resolveOffer(profile.distro, 'local').shell,
    sshPort: port ?? 0,
    privateAddress,
    directory: placeOf(machine),
  }
}

// The address is always this computer's.
async function startMachine(spec: LocalLabSpec, name: string, step: StepControl): Promise<undefined> {
  await callDriver('start', vmOf(spec, name), driverOptions(step))
}

function vmOf({ machines }: LocalLabSpec, name: string): MachineSpec {
  const machine = machines.find((candidate) => candidate.name === name)
  if (machine === undefined) throw new TypeError(`no machine ${name} in this spec`)
  return machine.vm
}

const notHere = (problem: string): LabError => new LabError({ code: 'usage', problem })

/** Looking changes nothing, so it needs no separate program. */
async function lookAt(machine: Machine): Promise<StatusResult> {
  const { statusOf } = await import('../../../local-vm/machine/status.js')
  return looking(statusOf(keyOf(machine)))
}

/** cloud-init's own service ends within two seconds of its last stage, without KVM. */
const REST_MS = 10_000

const CONSOLE_LINES = 20
const WATCHDOG = 'watchdog'

const LOST: ReadonlySet<string | undefined> = new Set([
  'baseline-absent',
  'baseline-broken',
  'machine-absent',
])

/** A watchdog with another time does not count. */
function watchdogState(machines: readonly StatusResult[], expiresAt: string | null): Enforcer['state'] {
  const running = machines.filter(({ presence }) => presence === 'running')
  if (running.length === 0) return 'idle'
  const isArmed = running.every((machine) => machine.watchdog === 'armed' && machine.expiresAt === expiresAt)
  return isArmed ? 'armed' : 'missing'
}

/** A missing machine will be made with the recorded time. */
function unlessAbsent(error: unknown): void {
  if (driverFaultOf(error)?.code !== 'machine-absent') throw error
}

/**
 * The first candidate that is not `taken` and that nothing listens on. If another program takes it later, the
 * VM's start reports that.
 */
async function freePort(id: string, taken: ReadonlySet<number | null>): Promise<number> {
  for (const port of sshPortCandidates(id)) if (!taken.has(port) && (await canBind(port))) return port
  throw new LabError({ code: 'no-free-port' })
}
