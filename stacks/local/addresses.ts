/**
 * The engine's name of the resource that makes and starts a machine's VM; it is replaced if the VM is gone.
 */
export const bootAddress = (machine: string): string => `terraform_data.${bootName(machine)}`

/** That of the machine itself, and with it goes the one that starts it. */
export const machineAddress = (machine: string): string => `terraform_data.${machine}`

export const bootName = (machine: string): string => `${machine}-boot`
