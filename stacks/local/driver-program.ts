import { createRequire } from 'node:module'
import type { DriverProgram } from './spec.js'

/** The VM driver that is shipped with this program. */
export const driverProgram: DriverProgram = {
  node: process.execPath,
  program: createRequire(import.meta.url).resolve('#package/dist/bundle/driver.js'),
}
