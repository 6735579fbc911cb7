import { expect, test } from '@jest/globals'
import { readEnvironment } from '../../scripts/env.js'
import { FLAGS_WITH_VARIABLE, unknownVariables } from '../../scripts/unknown-variables.js'
import { flagsFromEnvironment } from '../support/docs/reference/variables-read.js'

test('a variable that no command reads is named, with the one that was probably meant', async () => {
  const variables = {
    DISTROLAB_WAIT_LOK: '10m',
    DISTROLAB_FAVOURITE_COLOUR: 'red',
    DISTROLAB_HOMES: '/x',
    DISTROLAB_TTL: '4h',
    DISTROLAB_STALL_SECONDS: '3',
    DISTROLAB_EMPTY: '',
    OTHER: 'x',
  }
  expect(await unknownVariables(readEnvironment(variables))).toEqual([
    'DISTROLAB_WAIT_LOK is set, but distrolab has no such setting. Did you mean DISTROLAB_WAIT_LOCK?',
    'DISTROLAB_FAVOURITE_COLOUR is set, but distrolab has no such setting.',
    'DISTROLAB_HOMES is set, but distrolab has no such setting. Did you mean DISTROLAB_HOME?',
  ])
})

test('every flag that the environment is asked for is known, and no other', async () => {
  expect([...FLAGS_WITH_VARIABLE].sort()).toEqual([...(await flagsFromEnvironment())].sort())
})
