import { mkdtemp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach } from '@jest/globals'
import { Sandbox } from '../../stand-in/sandbox.js'
import { LAB } from './stages.js'

export interface ExecPlace {
  /** With LAB in it, which is up. */
  readonly box: Sandbox
  /** Of the user of the lab's machine. */
  readonly home: string
  /** On this computer, of one test alone. */
  readonly here: string
}

/** One lab for all tests of a file; `onTest` is given the place before each of them. */
export function useExecPlace(onTest: (place: ExecPlace) => void): void {
  let box: Sandbox
  let home: string
  beforeAll(async () => {
    box = await Sandbox.make()
    home = box.disk(await box.up('--profile', LAB), 'guest')
  })
  afterAll(() => box.remove())
  beforeEach(async () => onTest({ box, home, here: await mkdtemp(join(box.root, 'here-')) }))
}

/** What is half copied into a folder. */
export const hidden = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.startsWith('.distrolab'))
