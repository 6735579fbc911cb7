import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { withGuard } from '../../../backend/guard.js'
import type { Lease } from '../../../backend/lease.js'
import { labName, storeIn, takeLease } from '../backend/support.js'
import { waitUntil, type CliProcess } from '../../stand-in/lab-cli.js'
import type { Sandbox } from '../../stand-in/sandbox.js'

export const LAB = 'debian-local'

/** A point of `up` at which it stands still until released. */
export interface Stage {
  readonly name: 'image' | 'init' | 'apply' | 'wait-ssh'
  readonly state: string
  readonly failed: string
  /** Makes it stand still there; returns what lets it go on. */
  hold(box: Sandbox): Promise<() => Promise<void>>
  /** It stands still there now. */
  isReached(box: Sandbox): boolean
}

const provisioning = { state: 'provisioning', failed: 'provision-failed' }

export const STAGES: readonly Stage[] = [
  {
    name: 'image',
    ...provisioning,
    // Another process is obtaining the same image, and the cache does not know a fresh one yet.
    async hold(box) {
      await box.cacheImages(0)
      const guard = join(box.cache, 'images', 'debian-13-x86_64.guard')
      await mkdir(dirname(guard), { recursive: true })
      let release = (): void => undefined
      const isReleased = new Promise<void>((resolve) => (release = resolve))
      let done = Promise.resolve()
      await new Promise<void>((isHeld) => {
        done = withGuard(guard, { timeoutMs: 1000 }, async () => {
          isHeld()
          await isReleased
          await box.cacheImages()
        })
      })
      return async () => {
        release()
        await done
      }
    },
    isReached: (box) => box.processes('driver').some(({ words }) => words.includes('image')),
  },
  {
    name: 'init',
    ...provisioning,
    hold: async (box) => (await box.hold('init')).release,
    isReached: (box) => box.processes('engine').some(({ words }) => words.includes('init')),
  },
  {
    name: 'apply',
    ...provisioning,
    async hold(box) {
      await box.knobs({ holdStart: true })
      return () => box.knobs({})
    },
    isReached: (box) => box.processes('machine').length > 0,
  },
  {
    name: 'wait-ssh',
    state: 'configuring',
    failed: 'configure-failed',
    async hold(box) {
      await box.knobs({ silent: true })
      return () => box.knobs({})
    },
    isReached: (box) => box.machines().length > 0,
  },
]

/** Starts an `up` and waits until it stands still at the stage. */
export async function upTo(
  box: Sandbox,
  stage: Stage,
): Promise<{ cli: CliProcess; release: () => Promise<void> }> {
  const release = await stage.hold(box)
  const cli = box.start(['up', '--profile', LAB])
  await cli.says(`] ${stage.name}`)
  if (stage.name === 'image') await cli.says('is obtaining the same image')
  await waitUntil(`${stage.name} to stand still`, () => stage.isReached(box))
  // An engine is recorded just after it began.
  const isRunning = box.processes('engine').length > 0
  if (isRunning) await waitUntil('the engine on record', async () => (await box.record(LAB)).engine !== null)
  return { cli, release }
}

/** The lease of a lab in this sandbox, held by the test itself: a living process of this computer. */
export const holdLease = async (box: Sandbox, lab = LAB): Promise<Lease> =>
  takeLease(await storeIn(box.home), labName(lab), 'swap')

export const engineLocks = async (box: Sandbox): Promise<string[]> =>
  (await box.files()).filter((file) => file.includes('.lock.info'))
