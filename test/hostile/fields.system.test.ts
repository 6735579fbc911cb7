import { existsSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { handing, linesOf, readers } from '../support/hostile/commands.js'
import {
  fieldAttacks,
  forgedGuards,
  forgedLease,
  forgedLock,
  forgedProfile,
  wellFormed,
} from '../support/hostile/fields.js'
import { stateAttacks } from '../support/hostile/states.js'
import { useWorld } from '../support/hostile/suite.js'
import type { Attack } from '../support/hostile/world.js'

const { survives, world } = useWorld()
const named = (attacks: readonly Attack[]) => attacks.map((attack) => [attack.name, attack] as const)

describe('a record with a value that would do harm', () => {
  test.each(named(fieldAttacks(2)))('in %s does none', (_name, attack) => survives(attack, handing))
})

describe('a record that names', () => {
  test.each(named(wellFormed))('%s has nothing of it touched', (_name, attack) => survives(attack, readers))
})

describe('a state that names', () => {
  test.each(named(stateAttacks))('%s has nothing of it touched', (_name, attack) =>
    survives(attack, linesOf('status', 'recover', 'plan', 'swap', 'down')),
  )
})

test('a lease of a process of the user is waited for, or broken, and never ended', () =>
  survives(forgedLease, linesOf('lock status', 'list', 'exec', 'down', 'recover', 'lock break')))

test.each(named(forgedGuards))('%s is refused by name', (_name, attack) =>
  survives(attack, linesOf('status', 'lock break', 'exec', 'down')),
)

test('a lock of OpenTofu with controls of the terminal is shown without them', () =>
  survives(forgedLock, linesOf('status', 'recover', 'plan', 'down')))

test('a command in the profile is quoted where commands to type are shown', () =>
  survives(forgedProfile, linesOf('recover', 'plan', 'down')))

test('cleanup of everything removes the good lab, and touches nothing else', async () => {
  const [place] = wellFormed
  await place?.write(world())
  const result = await world().run(['cleanup', '--yes'])
  expect(result?.code).toBe(6)
  expect(result?.stdout).toContain('good')
  expect(`${result?.stdout}${result?.stderr}`).toContain('machines.main.place')
  expect(await world().canaries.harms()).toEqual([])
  expect(existsSync(world().canaries.ran)).toBe(false)
})
