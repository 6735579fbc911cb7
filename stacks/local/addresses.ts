/**
 * The engine's name of the resource that makes and starts a machine's VM; it is replaced if the VM is gone.
 */
export const bootAddress = (machine: string): string => `terraform_data.${bootName(machine)}`

export const bootName = (machine: string): string => `${machine}-boot`
