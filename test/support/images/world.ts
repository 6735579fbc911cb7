import { afterAll, afterEach, beforeAll } from '@jest/globals'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'

/** Servers that all tests of a file share. */
export interface WorldLife<W> {
  start(): Promise<W>
  /** Nothing of a test before is there any more. */
  clear(world: W): Promise<void>
  stop(world: W): Promise<void>
  /** Makes a computer one of this world. */
  prepare(box: Sandbox, world: W): Promise<void>
}

/** Registers the servers' start and end; returns the world and what makes a computer in it. */
export function useWorld<W>(life: WorldLife<W>): {
  readonly world: () => W
  readonly computer: () => Promise<Sandbox>
} {
  let begun: W | undefined
  const sandbox = useSandboxes()
  beforeAll(async () => {
    begun = await life.start()
  })
  afterEach(() => (begun === undefined ? undefined : life.clear(begun)))
  afterAll(() => (begun === undefined ? undefined : life.stop(begun)))
  const world = (): W => {
    if (begun === undefined) throw new Error('the servers have not been started')
    return begun
  }
  const computer = async (): Promise<Sandbox> => {
    const box = await sandbox()
    await life.prepare(box, world())
    return box
  }
  return { world, computer }
}
