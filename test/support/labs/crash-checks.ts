import { expect } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabRecord } from '../../../backend/record-schema.js'
import { waitUntil } from '../../stand-in/lab-cli.js'
import type { Sandbox } from '../../stand-in/sandbox.js'
import type { WarmCli } from '../../stand-in/warm-cli.js'
import { engineLocks, LAB } from './stages.js'

/** Where a lab is struck again and again, and the commands that come after that. */
export interface Place {
  readonly box: Sandbox
  readonly warm: WarmCli
}

export const recordOf = async ({ box }: Place): Promise<LabRecord> =>
  JSON.parse(await readFile(join(box.home, 'labs', LAB, 'record.json'), 'utf8')) as LabRecord

/** One machine, made from the image on record, and nothing under way. */
export async function expectReady(place: Place): Promise<void> {
  const { box } = place
  const roles = (): string =>
    box
      .processes()
      .map(({ role }) => role)
      .sort()
      .join(' and ')
  await waitUntil('nothing but the machine and its watchdog', () => roles() === 'machine and watchdog')
  const [machine, ...more] = box.machines()
  expect(more).toEqual([])
  const record = await recordOf(place)
  expect(record).toMatchObject({ state: 'ready', step: null, command: null, engine: null, failure: null })
  const made = JSON.parse(await readFile(join(machine?.folder ?? '', 'machine.json'), 'utf8')) as {
    imageId: string
  }
  expect(made.imageId).toBe(record.image?.id)
}

export async function expectNothing(place: Place): Promise<void> {
  const { box } = place
  await waitUntil('the end of everything', () => box.processes().length === 0)
  expect(await box.traces()).toEqual([])
  expect(await engineLocks(box)).toEqual([])
  expect((await recordOf(place)).state).toBe('destroyed')
}
