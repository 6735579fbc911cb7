import { DataResource, TerraformOutput } from '../cdktf.js'
import type { LocalExecProvisioner } from 'cdktf/lib/terraform-provisioner.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import type { MachineOutput } from '../outputs.js'
import type { WarmWish } from '../../local-vm/protocol.js'
import { escapeTemplates } from '../templates.js'
import { LOCAL_ADDRESS } from '../naming.js'
import { bootName } from './addresses.js'
import type { DriverProgram, LocalLabSpec, LocalMachine } from './spec.js'

/**
 * Two built-in resources for each machine. `<name>` is the machine itself: it does nothing when created, and
 * when destroyed has the driver remove every trace. `<name>-boot` has the driver make and start the VM. They
 * are separate because OpenTofu does not run the destroy provisioner of a resource whose create provisioner
 * failed or was interrupted: with one resource, a half-made VM would outlive `tofu destroy`.
 */
export function buildLocalLab(stack: TerraformStack, spec: LocalLabSpec): void {
  for (const machine of spec.machines) buildMachine(stack, spec.driver, machine)
  const machines = Object.fromEntries(spec.machines.map(outputOf))
  new TerraformOutput(stack, 'machines', { value: escapeTemplates(machines) })
}

function buildMachine(
  stack: TerraformStack,
  { node, program }: DriverProgram,
  { name, vm }: LocalMachine,
): void {
  const { warm, ...input } = vm
  const key = escapeTemplates({ id: vm.id, directory: vm.directory })
  const command = JSON.stringify(key)
  const machine = new DataResource(stack, name, {
    input: key,
    triggersReplace: escapeTemplates({ image: vm.imageId, directory: vm.directory }),
    // Never use the folder in the state: anyone who can write the state could have any folder removed.
    provisioners: [{ ...provisioner(command, node, program, 'destroy'), when: 'destroy' }],
  })
  new DataResource(stack, bootName(name), {
    input: escapeTemplates(input),
    triggersReplace: { machine: machine.id },
    provisioners: [provisioner(createCommand(warm), node, program, 'create')],
  })
}

/** A wish of this command is no property of the machine: with or without it, OpenTofu finds nothing to change. */
function createCommand(warm: WarmWish | undefined): string {
  if (warm === undefined) return '${jsonencode(self.input)}'
  const wish = Buffer.from(JSON.stringify(warm)).toString('base64')
  return `\${jsonencode(merge(self.input, { warm = jsondecode(base64decode("${wish}")) }))}`
}

/** The command is one JSON argument, the last one of the driver's. */
const provisioner = (command: string, ...interpreter: string[]): LocalExecProvisioner => ({
  type: 'local-exec',
  interpreter: escapeTemplates(interpreter),
  command,
})

const outputOf = ({ name, user, vm }: LocalMachine): [string, MachineOutput] => [
  name,
  { address: LOCAL_ADDRESS, port: vm.sshPort, user },
]
