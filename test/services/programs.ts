import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { release } from '../../scripts/engine/release.js'
import { testCache } from '../test-cache.js'

/** Something that tests run and that is not shipped: made once for each computer by `obtain.ts`. */
export interface TestProgram {
  readonly name: string
  readonly version: string
  /** Relative to the program's folder. */
  readonly binary: string
  /** How long it took to make on 2 cores, for people who wait. */
  readonly usually: string
  /** Some computers cannot reach its source: tests that need it are then skipped, and say so. */
  readonly mayLack?: true
}

export const programs = {
  moto: { name: 'moto', version: '5.2.5', binary: 'venv/bin/python', usually: '45 s' },
  versitygw: { name: 'versitygw', version: '1.8.0', binary: 'versitygw', usually: '3 min' },
  fakeGcs: { name: 'fake-gcs-server', version: '1.56.1', binary: 'fake-gcs-server', usually: '4 min' },
  azurite: {
    name: 'azurite',
    version: '3.35.0',
    binary: 'node_modules/azurite/dist/src/blob/main.js',
    usually: '3 min',
  },
  tofu: { name: 'opentofu', version: release.version, binary: 'tofu', usually: '6 min' },
  // After the engine, which downloads it if it is not on this computer.
  awsProvider: {
    name: 'provider-aws',
    version: '6.25.0',
    binary: 'mirror.tfrc',
    usually: '1 min',
    mayLack: true,
  },
} as const satisfies Record<string, TestProgram>

/** A version has its own folder, so two checkouts that want different ones do not disturb each other. */
export const programFolder = ({ name, version }: TestProgram): string =>
  join(testCache, 'services', `${name}-${version}`)

/** Written last: a folder without it is incomplete. */
export const doneMark = (program: TestProgram): string => join(programFolder(program), '.complete')

export async function isObtained(program: TestProgram): Promise<boolean> {
  return access(doneMark(program)).then(
    () => true,
    () => false,
  )
}

/**
 * The path of a program that a test is about to run. If it does not exist the test fails; nothing is skipped.
 */
export async function obtained(program: TestProgram): Promise<string> {
  if (await isObtained(program)) return join(programFolder(program), program.binary)
  throw new Error(`${program.name} ${program.version} is not there: run  node dist/test/services/obtain.js`)
}
