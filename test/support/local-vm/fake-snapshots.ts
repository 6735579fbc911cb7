import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SAVED_AT = '.saved-at'

interface Job {
  readonly id: string
  status: 'running' | 'concluded'
  readonly error?: string
}

interface Arguments {
  readonly 'job-id': string
  readonly tag: string
  readonly devices: readonly string[]
  readonly id: string
}

/**
 * QEMU's snapshot commands, in the folder that stands for a machine's disks: which disk has which snapshot is kept over restarts, as it is in the
 * disks themselves. What stands for the guest's memory and disk is the folder `guest`, if there is one;
 * its `.clock` is the guest's clock less the true time, in milliseconds.
 * `mode` save-fails, load-fails: the job ends with an error. save-dies: QEMU is gone when the first disk has its part.
 */
export class FakeSnapshots {
  readonly #file: string
  readonly #guest: string
  #jobs: Job[] = []

  constructor(
    folder: string,
    private readonly disks: readonly string[],
    private readonly mode: string,
  ) {
    this.#file = join(folder, 'fake-snapshots.json')
    this.#guest = join(folder, 'guest')
  }

  /** The answer to a command, or undefined when it is none of these. */
  execute(command: string, given: object): unknown {
    const args = given as Arguments
    switch (command) {
      case 'query-named-block-nodes':
        return this.disks.map((disk) => ({ 'node-name': disk, image: { snapshots: this.#on(disk) } }))
      case 'query-jobs':
        return this.#jobs.map((job) => this.#look(job))
      case 'job-dismiss':
        this.#jobs = this.#jobs.filter(({ id }) => id !== args.id)
        return {}
      case 'snapshot-save':
        return this.#begin(args, () => this.#save(args))
      case 'snapshot-load':
        return this.#begin(args, () => this.#load(args))
      case 'snapshot-delete':
        return this.#begin(args, () => this.#write(this.#all().filter(([, tag]) => tag !== args.tag)))
      default:
        return undefined
    }
  }

  /** Concluded when it is asked for the second time. */
  #look(job: Job): Job {
    const seen = { ...job }
    job.status = 'concluded'
    return seen
  }

  #begin(args: Arguments, action: () => void): object {
    const job = { id: args['job-id'], status: 'running' as const }
    try {
      action()
      this.#jobs.push(job)
    } catch (error) {
      this.#jobs.push({ ...job, error: (error as Error).message })
    }
    return {}
  }

  #save({ tag, devices }: Arguments): void {
    if (this.mode === 'save-fails') throw new Error('Error while writing VM state: No space left on device')
    if (this.#all().some(([, other]) => other === tag)) throw new Error(`Snapshot '${tag}' already exists`)
    this.#write([...this.#all(), [devices[0] ?? '', tag]])
    if (this.mode === 'save-dies') process.exit(1)
    this.#write([...this.#all(), ...devices.slice(1).map((disk): [string, string] => [disk, tag])])
    if (!existsSync(this.#guest)) return
    cpSync(this.#guest, this.#stateOf(tag), { recursive: true, verbatimSymlinks: true })
    writeFileSync(join(this.#stateOf(tag), SAVED_AT), String(Date.now()))
  }

  #load({ tag, devices }: Arguments): void {
    if (this.mode === 'load-fails') throw new Error('Unknown ramblock "pc.ram", cannot accept migration')
    const missing = devices.find((disk) => !this.#on(disk).some(({ name }) => name === tag))
    if (missing !== undefined) throw new Error(`Snapshot '${tag}' does not exist in '${missing}'`)
    if (!existsSync(this.#stateOf(tag))) return
    rmSync(this.#guest, { recursive: true })
    cpSync(this.#stateOf(tag), this.#guest, { recursive: true, verbatimSymlinks: true })
    // The guest's clock goes on where it was.
    const savedAt = Number(readFileSync(join(this.#guest, SAVED_AT), 'utf8'))
    const clock = join(this.#guest, '.clock')
    const offset = existsSync(clock) ? Number(readFileSync(clock, 'utf8')) : 0
    writeFileSync(clock, String(offset - (Date.now() - savedAt)))
  }

  #stateOf(tag: string): string {
    return `${this.#guest}.${tag}`
  }

  #on(disk: string): { name: string }[] {
    return this.#all()
      .filter(([owner]) => owner === disk)
      .map(([, name]) => ({ name }))
  }

  #all(): [disk: string, tag: string][] {
    if (!existsSync(this.#file)) return []
    return JSON.parse(readFileSync(this.#file, 'utf8')) as [string, string][]
  }

  #write(all: readonly (readonly [string, string])[]): void {
    writeFileSync(this.#file, JSON.stringify(all))
  }
}
