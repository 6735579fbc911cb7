import type { DriverProgram } from '../../../stacks/local/spec.js'
import { planLocalLab, type LocalLabPlan, type LocalMachinePlan } from '../../../stacks/local/plan.js'
import type { LocalLabSpec } from '../../../stacks/local/spec.js'

export const DRIVER: DriverProgram = { node: '/usr/bin/node', program: '/opt/distrolab/driver.js' }

type Make = Pick<LocalMachinePlan, 'image' | 'imageId' | 'size'>

/** What machines are made of counts for all that do not say it themselves. */
export interface LocalChanges extends Partial<Omit<LocalLabPlan, 'machines'>>, Partial<Make> {
  readonly machines?: readonly (Omit<LocalMachinePlan, keyof Make> & Partial<Make>)[]
}

const MAKE: Make = {
  image: {
    distro: 'debian-13',
    architecture: 'x86_64',
    build: { tool: 'mmdebstrap', suite: 'trixie', mirror: 'http://deb.debian.org/debian' },
  },
  imageId: null,
  size: { instanceType: '2x2048', vcpus: 2, memoryMiB: 2048, diskGiB: 10 },
}

const MAIN = { name: 'main', user: 'debian', sshPort: 22_001, directory: '/home/anna/machines/demo/main' }

/** A lab as the CLI plans it; every path is below /home/anna unless changed. */
export const labSpec = ({
  image = MAKE.image,
  imageId = MAKE.imageId,
  size = MAKE.size,
  machines = [MAIN],
  ...changes
}: LocalChanges = {}): LocalLabSpec =>
  planLocalLab({
    lab: 'demo',
    profile: 'debian-13-local',
    backendId: '0a1b2c3d',
    state: { kind: 'local', path: '/home/anna/labs/demo/tofu.tfstate' },
    driver: DRIVER,
    machines: machines.map((machine) => ({ image, imageId, size, ...machine })),
    authorizedKeys: ['ssh-ed25519 AAAA'],
    cache: '/home/anna/cache',
    instanceId: '1',
    expiresAt: '2026-11-21T16:00:00.000Z',
    ...changes,
  })
