/** The most machines that a lab may have; a record holds no more. */
export const MOST_MACHINES = 64
